import AtlasSimulator
import Foundation
import GodwitCore
import TestSupport
import Testing

/// The run file cannot be written or closed any more once writes were made.
@Suite struct RunFileTroubleTests {
  @Test(.enabled(if: SmallDisk.canMount, "no small disk can be mounted here"))
  func `a disk that fills up while applying is told once, and not as if nothing was written`()
    async throws
  {
    try await Atlas.with(projects: 40, { $0.latency = .milliseconds(20) }) { place, atlas in
      let folder = place.folder.appending(path: "disk").path
      let disk = try SmallDisk(at: folder, kilobytes: 1024)
      defer { disk.unmount() }
      try await place.planMove("disk/move.godwit")
      let pending = try atlas.projects(inRegion: "US").count
      let ballast = folder + "/ballast"
      try Data(count: try disk.freeBytes() - 200_000).write(to: URL(fileURLWithPath: ballast))
      let apply = try await place.godwit("apply", "disk/move.godwit", "--yes", "-j", "8")
      let made = try atlas.writesMade().count
      try #require(made > 0 && made < pending, "\(apply)")
      #expect([4, 6].contains(apply.status), "\(apply)")
      #expect(apply.errors.ranges(of: "the disk is full").count == 1, "\(apply)")

      try FileManager.default.removeItem(atPath: ballast)
      let resume = try await place.godwit(
        "resume",
        "disk/move.godwit",
        "--yes",
        "--settle",
        "0s"
      )
      expect(resume, endsWith: 0)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending && Set(writes.map(\.project)).count == pending)
    }
  }

  @Test func `a run file that is locked when it is closed does not undo what was done`()
    async throws
  {
    try await Atlas.with(projects: 12) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      // It stands still where it prints what was done, between the last commit and the end.
      let pipe = try FullPipe(at: place.captures.appending(path: "stdout").path)
      let apply = try place.start(["apply", "move.godwit", "--yes"], output: .file(pipe.path))
      var rounds = 0
      while try await place.document().phase != "finished" {
        rounds += 1
        try #require(rounds < 500)
      }
      let lock = try WriteLock(on: place.folder.appending(path: "move.godwit").path)
      pipe.drain()
      let finished = try await apply.finished()
      lock.release()
      expect(finished, endsWith: 4)
      #expect(finished.errors.contains("another program has locked the file"))
      #expect(finished.errors.contains("godwit resume move.godwit"))
      #expect(finished.errors.ranges(of: "Error:").count == 1, "\(finished)")
      #expect(try atlas.writesMade().count == pending)

      let resume = try await place.godwit("resume", "move.godwit", "--yes", "--settle", "0s")
      expect(resume, endsWith: 0)
      let document = try await place.document()
      #expect(document.phase == "finished" && document.totals.changed == pending)
      #expect(try atlas.writesMade().count == pending)
      #expect(!place.exists("move.godwit-wal"))
    }
  }

  @Test func `a run whose first commits were lost is gone on with, and says so`() async throws {
    try await Atlas.with(projects: 40, { $0.latency = .milliseconds(40) }) { place, atlas in
      try await place.planMove("move.godwit", script: "move.lua", "--expires", "1s")
      let planned = Date()
      let pending = try atlas.projects(inRegion: "US").count
      let apply = try place.start(
        ["apply", "move.godwit", "--yes", "--accept-expired", "-j", "2"]
      )
      #expect(try await eventually { try atlas.writesMade().count >= 4 })
      apply.send(SIGKILL)
      _ = try await apply.finished()
      let begun = try await place.godwit("show", "move.godwit")
      expect(begun, endsWith: 0)
      #expect(begun.errors.isEmpty, "its -wal is there")
      for end in ["-wal", "-shm"] {
        try FileManager.default.removeItem(at: place.folder.appending(path: "move.godwit" + end))
      }
      try #require(try await place.document().phase == "planned")
      for words in [["show", "move.godwit"], ["report", "move.godwit", "-o", "csv"]] {
        let told = try await place.start(words).finished()
        expect(told, endsWith: 0)
        #expect(told.errors.contains("-wal is not beside it"), "\(told)")
        #expect(told.errors.contains("godwit resume move.godwit"), "\(told)")
      }
      // The plan is good for a second, and its age is counted in whole ones; by now it is over mostly.
      try await eventually { planned.timeIntervalSinceNow < -2.2 }
      let expired = try await place.godwit("apply", "move.godwit", "--yes")
      let saying = ["may have been begun", "godwit resume move.godwit"]
      expectRefusal(expired, saying: saying, status: 5)
      let resume = try await place.godwit("resume", "move.godwit", "--yes", "--settle", "300ms")
      expect(resume, endsWith: 0)
      #expect(resume.errors.contains("-wal is not beside it"))
      let writes = try atlas.writesMade()
      #expect(writes.count == pending && Set(writes.map(\.project)).count == pending)
      #expect(try await place.document().totals.changed == pending)
    }
  }
}

/// What another program holds of a database in WAL mode while it is in a transaction.
private final class WriteLock: Sendable {
  private let descriptors: [Int32]

  /// Takes the locks: that of a reader on the file, from byte 2^30 + 2 on, and `WAL_WRITE_LOCK` on
  /// byte 120 of the `-shm` (https://www.sqlite.org/walformat.html).
  init(on run: String) throws {
    descriptors = [run, run + "-shm"].map { (file: String) in open(file, O_RDWR | O_CLOEXEC) }
    for (descriptor, kind, start, length) in [
      (descriptors[0], F_RDLCK, (1 << 30) + 2, 510), (descriptors[1], F_WRLCK, 120, 1),
    ] {
      var lock = flock()
      lock.l_type = Int16(kind)
      lock.l_whence = Int16(SEEK_SET)
      lock.l_start = start
      lock.l_len = length
      guard fcntl(descriptor, F_SETLKW, &lock) == 0 else {
        throw GodwitProcess.SpawnError(description: "no lock on \(run)")
      }
    }
  }

  func release() { for descriptor in descriptors { close(descriptor) } }
}
