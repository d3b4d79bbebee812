import Synchronization
import Testing

@testable import GodwitAtlas

@Suite struct RequestGateTests {
  /// Counts who is inside.
  private final class Crowd: Sendable {
    private let counts = Mutex((now: 0, most: 0, total: 0))
    var most: Int { counts.withLock(\.most) }
    var total: Int { counts.withLock(\.total) }

    func enter() {
      counts.withLock {
        $0.now += 1
        $0.total += 1
        $0.most = max($0.most, $0.now)
      }
    }

    func leave() {
      counts.withLock { $0.now -= 1 }
    }
  }

  @Test func `lets no more through than its limit, and all in the end`() async {
    let gate = RequestGate(limit: 3)
    let crowd = Crowd()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<200 {
        group.addTask {
          guard await gate.enter() else { return }
          crowd.enter()
          await Task.yield()
          crowd.leave()
          gate.leave()
        }
      }
    }
    #expect(crowd.total == 200)
    #expect(crowd.most <= 3)
  }

  @Test func `lets those who were cancelled out of the line`() async {
    let gate = RequestGate(limit: 1)
    #expect(await gate.enter())
    let cancelled = Task { await gate.enter() }
    let waiting = Task { await gate.enter() }
    for _ in 0..<100 { await Task.yield() }
    cancelled.cancel()
    #expect(await cancelled.value == false)
    gate.leave()
    #expect(await waiting.value)
    gate.leave()
    #expect(await gate.enter())
  }
}
