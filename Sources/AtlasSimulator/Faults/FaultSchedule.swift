import Synchronization

/// Says which request goes wrong, and how.
///
/// The n-th request of one method to one target always meets the same fate in worlds of one seed,
/// however requests overtake each other.
final class FaultSchedule: Sendable {
  private let rate: Double
  private let seed: UInt64
  /// How often each method and target was asked for, by hash; filled only if there are faults.
  private let attempts = Mutex<[UInt64: UInt32]>([:])

  init(rate: Double, seed: UInt64) {
    self.rate = rate
    self.seed = seed
  }

  /// The fault of the next request of this kind, if it has one.
  func next(method: String, target: String) -> Fault? {
    guard rate > 0 else { return nil }
    let kind = SeededGenerator.hash(of: "\(method) \(target)")
    let attempt = attempts.withLock { attempts in
      attempts[kind, default: 0] += 1
      return attempts[kind, default: 0]
    }
    var generator = SeededGenerator(seed: seed ^ kind ^ (UInt64(attempt) << 48))
    guard generator.chance(rate) else { return nil }
    return generator.choice(Fault.allCases)
  }
}
