import Foundation
import GRDB
import GodwitCore
import Synchronization
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct RunLeaseTests {
  private static let me = RunLease.ofThisProcess(fencing: 1, nowSeconds: 0)

  private static func lease(
    host: String = me.host,
    machine: String = me.machine,
    boot: String = me.boot,
    process: Int64 = me.process,
    processStart: Int64 = me.processStart
  ) -> RunLease {
    RunLease(
      fencing: 1,
      host: host,
      machine: machine,
      boot: boot,
      process: process,
      processStart: processStart,
      renewedSeconds: 0
    )
  }

  @Test func `judges who holds it`() {
    let me = RunLease(
      fencing: 2,
      host: Self.me.host,
      machine: "m/1",
      boot: "b",
      process: 1,
      processStart: 1,
      renewedSeconds: 0
    )
    func judged(_ lease: RunLease, isHeld: Bool = true) -> String {
      switch lease.judged(isHeld: isHeld, by: me) {
      case .isFree: "free"
      case .holderIsGone: "gone"
      case .isHeld: "held"
      case .isElsewhere: "elsewhere"
      }
    }
    #expect(judged(Self.lease(machine: "m/1", boot: "b"), isHeld: false) == "free")
    #expect(judged(Self.lease(machine: "m/1", boot: "b")) == "held")
    #expect(judged(Self.lease(machine: "m/1", boot: "before")) == "gone")
    #expect(judged(Self.lease(machine: "m/1", boot: "b", processStart: 7)) == "gone")
    #expect(judged(Self.lease(machine: "m/1", boot: "b", process: 4_194_999)) == "gone")
    #expect(judged(Self.lease(host: "other", machine: "m/1", boot: "b")) == "elsewhere")
    #expect(judged(Self.lease(machine: "n/1", boot: "b")) == "elsewhere")
    #expect(judged(Self.lease(machine: "m/2", boot: "b")) == "elsewhere")
  }

  @Test func `a lease is renewed at every interval, whatever the run waits for`() async throws {
    struct Enough: Error {}
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let now = Mutex<Int64>(1_000_000)
      let file = try RunFile.openForApplying(path, clock: { now.withLock { $0 } })
      func renewed() throws -> Int64? {
        try file.queue.read { try Int64.fetchOne($0, sql: "SELECT renewedSeconds FROM lease") }
      }
      #expect(try renewed() == 1000)
      let waits = Mutex<[Duration]>([])
      await file.keepLease { interval in
        let count = waits.withLock { waits in
          waits.append(interval)
          return waits.count
        }
        if count == 4 { throw Enough() }
        now.withLock { $0 += 10_000 }
      }
      #expect(try renewed() == 1030)
      #expect(waits.withLock { $0 } == Array(repeating: .seconds(10), count: 4))
      try file.close()
    }
  }

  @Test func `without a machine id only the same boot is the same machine`() {
    let me = RunLease(
      fencing: 2,
      host: "h",
      machine: "/1",
      boot: "b",
      process: 1,
      processStart: 1,
      renewedSeconds: 0
    )
    let before = Self.lease(host: "h", machine: "/1", boot: "before")
    guard case .isElsewhere = before.judged(isHeld: true, by: me) else {
      Issue.record("a host of the same name may be another one")
      return
    }
    let dead = Self.lease(host: "h", machine: "/1", boot: "b", process: 4_194_999)
    #expect(dead.judged(isHeld: true, by: me) == .holderIsGone)
  }

  @Test func `knows this process`() {
    #expect(!Self.me.host.isEmpty && !Self.me.boot.isEmpty && Self.me.processStart > 0)
    #expect(Self.me.judged(isHeld: true, by: Self.me) != .holderIsGone)
  }

  @Test func `refuses a second process on this host and says who has it`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let file = try RunFile.openForApplying(path)
      for mayTakeOver in [false, true] {
        let error = try await runFileError {
          _ = try RunFile.openForApplying(path, mayTakeOver: mayTakeOver)
        }
        #expect(error.kind == .inUse)
        #expect(error.detail.contains("process \(Self.me.process) on this host"))
      }
      try file.close()
      let next = try RunFile.openForApplying(path)
      #expect(!next.wasAbandoned)
      #expect(next.lease?.fencing == 2)
      try next.close()
    }
  }

  /// A real process, whose lease is put into a run file.
  private static func child() throws -> Process {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["60"]
    try child.run()
    return child
  }

  private static func give(_ path: String, to lease: RunLease) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO lease VALUES (1, 7, ?, ?, ?, ?, ?, 1800000000, 1)",
        arguments: [lease.host, lease.machine, lease.boot, lease.process, lease.processStart]
      )
    }
    try queue.close()
  }

  @Test func `takes over from a process of this host once it has died, waited for or not`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let child = try Self.child()
      let number = Int64(child.processIdentifier)
      let start = try #require(RunLease.startOfProcess(number))
      try Self.give(path, to: Self.lease(process: number, processStart: start))
      let error = try await runFileError { _ = try RunFile.openForApplying(path) }
      #expect(error.kind == .inUse)
      #expect(error.detail.contains("process \(number)"))
      kill(child.processIdentifier, SIGKILL)
      #expect(try await eventually { RunLease.startOfProcess(number) == nil })
      let file = try RunFile.openForApplying(path)
      #expect(file.wasAbandoned && !file.wasTakenOver)
      #expect(file.lease?.fencing == 8)
      try file.close()
      child.waitUntilExit()
    }
  }

  @Test func `takes over from another host only if a person says so`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      try Self.give(path, to: Self.lease(host: "elsewhere"))
      let error = try await runFileError { _ = try RunFile.openForApplying(path) }
      #expect(error.kind == .inUse)
      #expect(error.detail.contains("on host elsewhere, last renewed 2027-01-15T08:00:00Z"))
      #expect(error.advice?.contains("--take-over") == true)
      let file = try RunFile.openForApplying(path, mayTakeOver: true)
      #expect(file.wasAbandoned && file.wasTakenOver)
      try file.close()
    }
  }

  @Test func `a refusal leaves the wal of a killed run where it is`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1)])
      try Sample.edit(path, "UPDATE lease SET host = 'elsewhere'")
      // What a kill leaves: the files as they are.
      for suffix in ["", "-wal"] { try folder.copy("a.godwit" + suffix, to: "b" + suffix) }
      try file.close()
      let wal = FileManager.default.contents(atPath: folder.file("b-wal"))
      #expect(wal?.isEmpty == false)
      for _ in 0..<2 {
        let error = try await runFileError { _ = try RunFile.openForApplying(folder.file("b")) }
        #expect(error.kind == .inUse)
        #expect(FileManager.default.contents(atPath: folder.file("b-wal")) == wal)
      }
      let taken = try RunFile.openForApplying(folder.file("b"), mayTakeOver: true)
      #expect(!taken.mayHaveLostCommits)
      #expect(try taken.totals()[.inDoubt] == 1)
      try taken.close()
      #expect(folder.names == ["a.godwit", "b"])
    }
  }

  @Test func `whoever was replaced can commit nothing more and leaves the file alone`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      let old = try RunFile.openForApplying(path)
      try await old.commit([Sample.intent(1)])
      try Sample.edit(path, "UPDATE lease SET host = 'elsewhere'")
      let new = try RunFile.openForApplying(path, mayTakeOver: true)
      for write in [
        { try await old.commit([Sample.outcome(1)]) }, { try await old.setPhase(.finished) },
        { try await old.finishIfNothingIsOpen() },
      ] as [() async throws -> Void] {
        let error = try await runFileError { try await write() }
        #expect(error.kind == .lostLease)
      }
      #expect(try new.totals()[.inDoubt] == 1)
      try old.close()
      try await new.commit([Sample.outcome(1), Sample.settled(1)])
      #expect(try new.totals()[.changed] == 1)
      try new.close()
      let again = try RunFile.openForApplying(path)
      #expect(!again.wasAbandoned && !again.mayHaveLostCommits)
      try again.close()
    }
  }

  @Test func `closing after the lease was lost sets no clean mark`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let old = try RunFile.openForApplying(path)
      try Sample.edit(path, "UPDATE lease SET fencing = 9, process = 4194999")
      try old.close()
      let new = try RunFile.openForApplying(path)
      #expect(new.wasAbandoned)
      #expect(new.mayHaveLostCommits)
      try new.close()
    }
  }
}
