public import GodwitCore
internal import Synchronization

/// Asks a run to stop: nothing new begins, what is in flight is finished.
public final class StopSignal: Sendable {
  /// Why a run stops before its end.
  public enum Cause: Sendable, Hashable {
    /// A person or the system asked, by a signal; the status is that of the signal.
    case signal(ExitStatus)
    /// Something that concerns every project went wrong.
    case trouble(RunError)
  }

  private struct State {
    var cause: Cause?
    var signal: ExitStatus?
  }

  private let state = Mutex(State())

  /// Makes a signal that has not been given.
  public init() {}

  /// Gives the signal; the first cause is the one that is kept.
  public func stop(_ cause: Cause) {
    state.withLock { state in
      if state.cause == nil { state.cause = cause }
      if case .signal(let status) = cause, state.signal == nil { state.signal = status }
    }
  }

  /// Why to stop, if the signal was given.
  public var cause: Cause? { state.withLock { $0.cause } }

  /// The status of the first signal of a person or the system, also where something else was the
  /// cause.
  public var signal: ExitStatus? { state.withLock { $0.signal } }

  /// Whether the signal was given.
  public var isStopping: Bool { cause != nil }

  /// Does what only reads, and cancels it once the signal is given.
  ///
  /// - Parameters:
  ///   - grace: how long it may still go on then.
  ///   - body: the work; it ends early when it is cancelled.
  /// - Returns: what it came to, which says nothing where it was cancelled.
  /// - Throws: what `body` throws.
  func cancelling<Value: Sendable, Failure: Error>(
    after grace: Duration = .zero,
    _ body: @escaping @Sendable () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let work = Task { () -> Result<Value, Failure> in
      do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
    }
    let watch = Task {
      while !isStopping { try await Task.sleep(for: .milliseconds(50)) }
      try await Task.sleep(for: grace)
      work.cancel()
    }
    defer { watch.cancel() }
    return try await work.value.get()
  }
}
