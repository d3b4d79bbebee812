import Synchronization

/// Says which request goes wrong, and how.
///
/// The n-th request of one method to one target always meets the same fate in worlds of one seed,
/// however requests overtake each other; only numbered rules count requests as they come.
final class FaultSchedule: Sendable {
  /// A request, as far as rules look at it.
  struct Request {
    var method: String
    var target: String
    /// The id of the project, if it concerns one.
    var project: String?
    var caller: Caller

    var isRead: Bool { method == "GET" || method == "HEAD" }
  }

  /// What a request meets.
  struct Hit {
    var fault: Fault
    var delay: Duration
    var retryAfter: Int
  }

  private struct State {
    /// How often each method and target was asked for, by hash.
    var attempts: [UInt64: UInt32] = [:]
    /// How many requests fitted each rule, and how many of them went wrong.
    var fitted: [Int]
    var hits: [Int]
  }

  private let rules: [FaultRule]
  private let seed: UInt64
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  /// Takes rules whose projects are ids.
  init(rules: [FaultRule], seed: UInt64) {
    self.rules = rules
    self.seed = seed
    let none = Array(repeating: 0, count: rules.count)
    state = Mutex(State(fitted: none, hits: none))
  }

  /// What the next request meets, if anything: the first rule that hits it.
  func next(_ request: Request) -> Hit? {
    guard !rules.isEmpty else { return nil }
    let kind = SeededGenerator.hash(of: "\(request.method) \(request.target)")
    return state.withLock { state in
      state.attempts[kind, default: 0] += 1
      let attempt = UInt64(state.attempts[kind, default: 0])
      for (index, rule) in rules.enumerated() {
        var generator = SeededGenerator(
          seed: seed ^ kind ^ (attempt << 48) ^ (UInt64(index) << 40)
        )
        if let fault = Self.fault(rule, index, request, &generator, &state, start) {
          return Hit(fault: fault, delay: rule.delay, retryAfter: rule.retryAfter)
        }
      }
      return nil
    }
  }

  private static func fault(
    _ rule: FaultRule,
    _ index: Int,
    _ request: Request,
    _ generator: inout SeededGenerator,
    _ state: inout State,
    _ start: ContinuousClock.Instant
  ) -> Fault? {
    guard fits(rule, request), rule.duration.map({ .now < start + $0 }) ?? true else { return nil }
    state.fitted[index] += 1
    if let number = rule.number, state.fitted[index] != number { return nil }
    if let times = rule.times, state.hits[index] >= times { return nil }
    if let rate = rule.rate, !generator.chance(rate) { return nil }
    state.hits[index] += 1
    return rule.faults.count == 1 ? rule.faults[0] : generator.choice(rule.faults)
  }

  private static func fits(_ rule: FaultRule, _ request: Request) -> Bool {
    if let project = rule.project, project != request.project { return false }
    let isWanted =
      switch rule.scope {
      case .everything: true
      case .reads: request.isRead
      case .writes: !request.isRead
      case .method(let method): request.method == method
      }
    return isWanted
      && rule.faults.contains {
        $0.concerns(
          method: request.method,
          isRead: request.isRead,
          hasProject: request.project != nil,
          caller: request.caller
        )
      }
  }
}
