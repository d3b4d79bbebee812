import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// A disk that is full or read-only, a damaged file, few descriptors: a clear error, nothing lost,
/// and it goes on once that is mended.
@Suite struct SurroundingsTests {
  /// A file system of one megabyte in a folder of its own; `nil` where none can be mounted.
  private struct SmallDisk {
    let folder: URL

    init?(in place: Workplace) throws {
      folder = place.folder.appending(path: "disk")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      guard Self.mount(["-t", "tmpfs", "-o", "size=1m", "none", folder.path]) else { return nil }
    }

    func remount(_ options: String) -> Bool {
      Self.mount(["-o", "remount,\(options)", folder.path])
    }

    func unmount() { Self.run("/usr/bin/umount", ["-l", folder.path]) }

    /// Leaves so many bytes free.
    func fill(leaving free: Int) throws {
      let file = folder.appending(path: "fill")
      try? FileManager.default.removeItem(at: file)
      let values = try FileManager.default.attributesOfFileSystem(forPath: folder.path)
      let size = (values[.systemFreeSize] as? NSNumber)?.intValue ?? 0
      try Data(count: max(0, size - free)).write(to: file)
    }

    func empty() throws {
      try FileManager.default.removeItem(at: folder.appending(path: "fill"))
    }

    private static func mount(_ words: [String]) -> Bool { run("/usr/bin/mount", words) }

    @discardableResult private static func run(_ program: String, _ words: [String]) -> Bool {
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = words
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"), arguments: [0, 24, 64])
  func `on a full disk nothing is lost, and it goes on once there is space`(
    freeKilobytes: Int
  ) async throws {
    try await Atlas.with(projects: 60) { place, atlas in
      guard let disk = try SmallDisk(in: place) else { return }
      defer { disk.unmount() }
      try await place.planMove("disk/move.godwit")
      let pending = try atlas.projects(inRegion: "US").count
      try disk.fill(leaving: freeKilobytes * 1024)
      let apply = try await place.godwit("apply", "disk/move.godwit", "--yes", "-j", "4")
      #expect([1, 4, 6].contains(apply.status), "\(apply)")
      #expect(apply.errors.contains("the disk is full"), "\(apply)")
      let made = try atlas.writesMade().count
      #expect(made < pending)

      try disk.empty()
      let isBegun = try await place.document(of: "disk/move.godwit").phase != "planned"
      let words = [isBegun ? "resume" : "apply", "disk/move.godwit", "--yes", "--settle", "100ms"]
      expect(try await place.start(words).finished(), endsWith: 0)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending)
      #expect(Set(writes.map(\.project)).count == pending, "a write was made twice")
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
  func `on a read-only disk nothing is sent, and the run can be looked at`() async throws {
    try await Atlas.with(projects: 20) { place, atlas in
      guard let disk = try SmallDisk(in: place) else { return }
      defer { disk.unmount() }
      try await place.planMove("disk/move.godwit")
      #expect(disk.remount("ro"))
      let apply = try await place.godwit("apply", "disk/move.godwit", "--yes")
      expectRefusal(apply, saying: ["disk/move.godwit: the file cannot be written"])
      expect(try await place.godwit("show", "disk/move.godwit"), endsWith: 0)
      #expect(try atlas.writesMade().isEmpty)
      #expect(disk.remount("rw"))
      expect(try await place.godwit("apply", "disk/move.godwit", "--yes"), endsWith: 0)
    }
  }

  /// A shell's words that run a command with so few descriptors, and none but the standard ones open:
  /// what this process opens while others start may be inherited by accident.
  private static func limiting(to limit: Int) -> String {
    let close = "n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\""
    let limited = "for f in /proc/self/fd/*; do \(close); done; ulimit -n \(limit); exec \"$@\""
    return "exec bash -c '\(limited)' bash \"$@\""
  }

  @Test(arguments: [64, 48])
  func `few descriptors mean fewer requests at once`(limit: Int) async throws {
    try await Atlas.with(projects: 40, { $0.latency = .milliseconds(20) }) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      let words = [Workplace.binary, "apply", "move.godwit", "--yes", "-j", "200"]
      let apply = try await place.shell(Self.limiting(to: limit), words)
      expect(apply, endsWith: 0)
      #expect(apply.errors.contains("only \(limit) files may be open at once"))
      #expect(try atlas.writesMade().count == pending)
    }
  }

  @Test func `too few descriptors are told before anything begins`() async throws {
    try await Atlas.with(projects: 5) { place, atlas in
      let words = [Workplace.binary, "plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY"]
      let plan = try await place.shell(Self.limiting(to: 20), words)
      expectRefusal(plan, saying: ["only 20 files may be open at once", "ulimit -n 256"])
      #expect(try atlas.requests().isEmpty)
    }
  }

  /// Flips one bit of a file.
  private func flip(_ bit: Int, of file: URL) throws {
    var bytes = [UInt8](try Data(contentsOf: file))
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    try Data(bytes).write(to: file)
  }

  @Test func `a bit that flipped is found, or changes nothing of what is sent`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      try await place.planMove()
      let file = place.folder.appending(path: "move.godwit")
      let whole = try Data(contentsOf: file)
      let before = try atlas.world.fingerprint()
      var refused = 0
      for _ in 0..<12 {
        try whole.write(to: file)
        try flip(Int.random(in: 0..<(whole.count * 8)), of: file)
        // Answered with a wrong number, it is declined at the question, after all checks.
        let apply = try await place.godwit("apply", "move.godwit")
        #expect(apply.status == 1, "\(apply)")
        if !apply.errors.contains("--yes") { refused += 1 }
      }
      #expect(try atlas.world.fingerprint() == before)
      #expect(refused > 0)
      try whole.write(to: file)
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 0)
    }
  }

  @Test(arguments: [0.1, 0.5, 0.9])
  func `a file that was cut off is refused by every command`(share: Double) async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      try await place.planMove()
      let file = place.folder.appending(path: "move.godwit")
      let whole = try Data(contentsOf: file)
      try whole.prefix(Int(Double(whole.count) * share)).write(to: file)
      for command in [["apply", "--yes"], ["resume", "--yes"], ["report"]] {
        let words = [command[0], "move.godwit"] + command.dropFirst()
        let finished = try await place.start(words).finished()
        #expect(finished.status == 1, "\(words) \(finished)")
        #expect(finished.errors.contains("move.godwit"))
      }
      #expect(try atlas.writesMade().isEmpty)
    }
  }
}

extension Workplace {
  /// Runs a line of a shell, with words as its arguments.
  func shell(_ line: String, _ words: [String]) async throws -> Finished {
    try await GodwitProcess(
      "/bin/sh",
      ["-c", line, "sh"] + words,
      environment: environment,
      folder: folder,
      captures: captures
    ).finished()
  }
}
