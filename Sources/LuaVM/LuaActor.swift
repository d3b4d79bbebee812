#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What one step of a ``LuaActor`` came to.
public struct LuaTurn: Sendable {
  /// Where the script came to.
  public var step: LuaStep
  /// What it posted on the way.
  public var posts: [LuaPost]

  /// Makes a turn; actors do, and tests of those who read them.
  public init(step: LuaStep, posts: [LuaPost]) {
    self.step = step
    self.posts = posts
  }
}

/// A ``LuaSession`` that lives on a thread of a ``LuaThreadPool``.
///
/// The session is made by the first step. A script that computes lets the other sessions of its
/// thread go on every few milliseconds, wherever it could also wait for the host. If the task that awaits a step is cancelled, so is the
/// session.
public actor LuaActor {
  /// Ends the session from any thread.
  public nonisolated let cancellation: LuaCancellation

  private let thread: LuaThread
  private let limits: LuaLimits
  private let prelude: LuaProgram
  private let seed: UInt64
  private let label: String
  private let obstacle: (@Sendable () -> Void)?
  private var session: LuaSession?

  /// Makes an actor on the pool's next thread.
  /// - Parameters:
  ///   - pool: Where the session shall live.
  ///   - limits: What the session may use.
  ///   - prelude: The host's own chunk, see ``LuaSession``.
  ///   - seed: The seed of `math.random`.
  ///   - cancellation: A switch to share with others.
  ///   - label: What a ``LuaWatchdog`` calls the session.
  public init(
    pool: LuaThreadPool,
    limits: LuaLimits,
    prelude: LuaProgram,
    seed: UInt64 = 0,
    cancellation: LuaCancellation = LuaCancellation(),
    label: String = ""
  ) {
    self.init(
      pool: pool,
      limits: limits,
      prelude: prelude,
      seed: seed,
      cancellation: cancellation,
      label: label,
      obstacle: Self.obstacle(for: label)
    )
  }

  /// Makes an actor whose steps begin with something else; for tests of the watchdog.
  init(
    pool: LuaThreadPool,
    limits: LuaLimits,
    prelude: LuaProgram,
    seed: UInt64 = 0,
    cancellation: LuaCancellation = LuaCancellation(),
    label: String,
    obstacle: (@Sendable () -> Void)?
  ) {
    thread = pool.next()
    self.limits = limits
    self.prelude = prelude
    self.seed = seed
    self.cancellation = cancellation
    self.label = label
    self.obstacle = obstacle
  }

  /// In debug builds a test can have the sessions of one label never come back.
  private static func obstacle(for label: String) -> (@Sendable () -> Void)? {
    #if DEBUG
      if let stuck = unsafe getenv("GODWIT_TEST_STUCK"), unsafe String(cString: stuck) == label {
        return { while true {} }
      }
    #endif
    return nil
  }

  // Closing a large state takes a tenth of a second, which the pool of Swift should not spend.
  isolated deinit {
    session = nil
  }

  /// The session's thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  /// Calls one of the prelude's entry functions, see ``LuaSession/start(entry:program:arguments:)``.
  public func start(
    entry: String,
    program: LuaProgram? = nil,
    arguments: [LuaValue] = []
  ) async -> LuaTurn {
    await take { $0.startSlice(entry: entry, program: program, arguments: arguments) }
  }

  /// Answers the request that the session waits on, see ``LuaSession/resume(_:)``.
  public func resume(_ answer: LuaAnswer) async -> LuaTurn {
    await take { $0.resumeSlice(answer) }
  }

  /// Ends the session; a step that is running fails soon, any later one at once.
  public nonisolated func cancel() {
    cancellation.cancel()
  }

  /// Counts instructions, times and posts from zero again.
  public func renewAllowances() {
    session?.renewAllowances()
  }

  /// What the session has used so far; `nil` before the first step.
  public var statistics: LuaStatistics? { session?.statistics }

  private func take(_ first: (LuaSession) -> LuaStep?) async -> LuaTurn {
    await withTaskCancellationHandler {
      do throws(LuaError) {
        var turn = try slice(first)
        while true {
          if let turn { return turn }
          await Task.yield()
          turn = try slice { $0.continueSlice() }
        }
      } catch {
        return LuaTurn(step: .failed(error), posts: [])
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// Runs a part of a step that nothing interrupts; `nil` if it is not the last.
  private func slice(_ work: (LuaSession) -> LuaStep?) throws(LuaError) -> LuaTurn? {
    thread.enter(label, allowance: limits.processorTimeBetweenRequests)
    defer { thread.leave() }
    obstacle?()
    let session = try opened()
    return work(session).map { LuaTurn(step: $0, posts: session.takePosts()) }
  }

  private func opened() throws(LuaError) -> LuaSession {
    if let session { return session }
    let made = try LuaSession(
      limits: limits,
      prelude: prelude,
      seed: seed,
      cancellation: cancellation,
      slice: .milliseconds(5)
    )
    session = made
    return made
  }
}
