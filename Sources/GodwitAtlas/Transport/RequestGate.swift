internal import Synchronization

/// Lets a limited number of requests through at a time, first come, first served.
///
/// The limit of connections alone would not do: over HTTP/2 many requests share one, and the time
/// that a request waits for a connection would count against its timeout.
final class RequestGate: Sendable {
  private struct State {
    var free: Int
    var lastWaiter = 0
    var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    /// Who waits, by place in the line; of those who were cancelled the number stays behind.
    var line: [Int: Int] = [:]
    var linePlaces = 0..<0
  }

  private let state: Mutex<State>

  init(limit: Int) {
    state = Mutex(State(free: max(1, limit)))
  }

  /// Takes a place, waiting for one if need be.
  ///
  /// - Returns: false if the task was cancelled while it waited; then there is no place to leave.
  func enter() async -> Bool {
    let number: Int? = state.withLock { state in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      state.lastWaiter += 1
      return state.lastWaiter
    }
    guard let number else { return true }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiting[number] = continuation
          state.line[state.linePlaces.upperBound] = number
          state.linePlaces = state.linePlaces.lowerBound..<state.linePlaces.upperBound + 1
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      let continuation = state.withLock { $0.waiting.removeValue(forKey: number) }
      continuation?.resume(returning: false)
    }
  }

  /// Gives a place back, to the one who has waited longest.
  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      while let place = state.linePlaces.first {
        state.linePlaces = place + 1..<state.linePlaces.upperBound
        let number = state.line.removeValue(forKey: place)
        if let number, let next = state.waiting.removeValue(forKey: number) { return next }
      }
      state.free += 1
      return nil
    }
    next?.resume(returning: true)
  }
}
