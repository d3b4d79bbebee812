import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// A run file that is moved to another machine after the first one died.
@Suite struct TakeOverTests {
  /// Another machine: a host name, a machine id and a boot id of its own, in namespaces.
  private static let elsewhere = """
    hostname other-host && printf '%032d' 7 > machine && printf 'b0070000-0000-4000-8000-%012d' 7 \
    > boot && mount --bind machine /etc/machine-id && mount --bind boot \
    /proc/sys/kernel/random/boot_id && exec "$@"
    """

  private static var canBeElsewhere: Bool {
    geteuid() == 0 && FileManager.default.fileExists(atPath: "/etc/machine-id")
      && FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare")
  }

  private func elsewhere(_ place: Workplace, _ words: [String]) async throws -> Finished {
    try await GodwitProcess(
      "/usr/bin/unshare",
      ["--uts", "--mount", "/bin/sh", "-c", Self.elsewhere, "sh", Workplace.binary] + words,
      environment: place.environment,
      folder: place.folder,
      captures: place.captures
    ).finished()
  }

  @Test(.enabled(if: canBeElsewhere, "only root can be another host"))
  func `another machine takes a run over only if a person says so, and ends it`() async throws {
    try await Atlas.with(projects: 60, { $0.latency = .milliseconds(40) }) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      let apply = try place.start(["apply", "move.godwit", "--yes", "-j", "2"])
      #expect(try await eventually { try atlas.writesMade().count >= 4 })
      apply.send(SIGKILL)
      _ = try await apply.finished()

      let refused = try await elsewhere(place, ["resume", "move.godwit", "--yes"])
      expectRefusal(refused, saying: ["on host", "last renewed", "--take-over"])
      let resumed = try await elsewhere(
        place,
        ["resume", "move.godwit", "--yes", "--take-over", "--settle", "300ms"]
      )
      expect(resumed, endsWith: 0)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending)
      #expect(Set(writes.map(\.project)).count == pending, "a write was made twice")
      #expect(try await place.document().totals.changed == pending)
    }
  }

  @Test(.enabled(if: canBeElsewhere, "only root can be another host"))
  func `without its wal a moved run is read back, and says so`() async throws {
    try await Atlas.with(projects: 60, { $0.latency = .milliseconds(40) }) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      let apply = try place.start(["apply", "move.godwit", "--yes", "-j", "2"])
      #expect(try await eventually { try atlas.writesMade().count >= 4 })
      apply.send(SIGKILL)
      _ = try await apply.finished()
      for end in ["-wal", "-shm"] {
        try FileManager.default.removeItem(at: place.folder.appending(path: "move.godwit" + end))
      }
      // The main file alone says neither that the run had begun nor who had it.
      let isBegun = try await place.document().phase != "planned"
      let verb = isBegun ? "resume" : "apply"
      let resumed = try await elsewhere(
        place,
        [verb, "move.godwit", "--yes", "--settle", "300ms"] + (isBegun ? ["--take-over"] : [])
      )
      if resumed.status == 1 {
        expectRefusal(resumed, saying: ["--take-over"])
        let forced = try await elsewhere(
          place,
          [verb, "move.godwit", "--yes", "--take-over", "--settle", "300ms"]
        )
        expect(forced, endsWith: 0)
        #expect(forced.errors.contains("-wal is not beside it"))
      } else {
        expect(resumed, endsWith: 0)
        #expect(resumed.errors.contains("-wal is not beside it"))
      }
      let writes = try atlas.writesMade()
      #expect(writes.count == pending)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }
}
