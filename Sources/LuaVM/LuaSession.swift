internal import CLuaShim

/// A sandboxed Lua state that runs one script after another, each up to its next request.
///
/// A session belongs to whoever made it and is not `Sendable`; ``LuaActor`` runs one on a thread of
/// its own. Scripts need some 512 KB of stack. After a limit or a cancellation each further
/// step fails in the same way.
///
/// The state is closed with the session, without running any more of the script.
@safe public final class LuaSession {
  /// Ends the session from any thread.
  public let cancellation: LuaCancellation

  let state: OpaquePointer
  let limits: LuaLimits
  // Nothing that a session calls can call it again, so that no two accesses overlap.
  @exclusivity(unchecked) private var phase = Phase.idle
  @exclusivity(unchecked) var chunks: [String] = []
  @exclusivity(unchecked) var names = [String?](repeating: nil, count: SHIM_NAMES_MAX)
  /// Why the session is over.
  private var end: LuaError?
  /// Why the last call was refused.
  private var complaint: String?

  private enum Phase {
    case idle, interrupted, waiting, over
  }

  /// How a call of the shim came back; what it wrote is still to be read.
  private enum Halt {
    case request, finished, interrupted, failed, refused
  }

  /// Makes a state and runs the prelude in it.
  /// - Parameters:
  ///   - limits: What the session may use, the prelude included.
  ///   - prelude: The host's own chunk. It is called with a table of functions of the host and
  ///     returns a table of entry functions.
  ///   - seed: The seed of `math.random`.
  ///   - cancellation: A switch to share with others.
  /// - Throws: ``LuaError`` if the prelude fails or makes a request, if memory is too small for a
  ///   state, or if the Lua library is not one that was tested.
  public convenience init(
    limits: LuaLimits,
    prelude: LuaProgram,
    seed: UInt64 = 0,
    cancellation: LuaCancellation = LuaCancellation()
  ) throws(LuaError) {
    try self.init(
      limits: limits,
      prelude: prelude,
      seed: seed,
      cancellation: cancellation,
      slice: .zero,
      failingAllocation: 0
    )
  }

  /// Makes a session that lets others go on after each slice.
  ///
  /// From the allocation on that is named, counted from 1, all of Lua's fail; that is for tests.
  init(
    limits: LuaLimits,
    prelude: LuaProgram,
    seed: UInt64 = 0,
    cancellation: LuaCancellation = LuaCancellation(),
    slice: Duration,
    failingAllocation: UInt64 = 0
  ) throws(LuaError) {
    if let problem = unsafe shim_check_library() {
      throw LuaError(kind: .host, message: unsafe String(cString: problem))
    }
    var bounds = limits.bounds
    bounds.slice_nanoseconds = slice.nanoseconds
    bounds.failing_allocation = failingAllocation
    guard let state = unsafe shim_open(&bounds, cancellation.flag, seed) else {
      throw LuaError(kind: .limit(.memory(bytes: limits.memoryBytes)), message: "not enough memory")
    }
    unsafe self.state = state
    self.limits = limits
    self.cancellation = cancellation
    var tape = unsafe TapeWriter(state: state)
    unsafe tape.append(.program(prelude))
    if let problem = unsafe tape.problem(in: limits) {
      throw LuaError(kind: .host, message: problem)
    }
    if unsafe shim_prelude(state, tape.count) == SHIM_FAILED { throw unsafe failure() }
  }

  deinit {
    unsafe shim_close(state)
  }

  /// Calls one of the prelude's entry functions, in a coroutine of its own.
  /// - Parameters:
  ///   - entry: Its name in the table that the prelude returned.
  ///   - program: A script; its chunk is passed as the first argument, as a function.
  ///   - arguments: The other arguments.
  /// - Returns: Where it came to; a failure if the session waits for an answer, or is over.
  public func start(
    entry: String,
    program: LuaProgram? = nil,
    arguments: [LuaValue] = []
  ) -> LuaStep {
    complete(call(entry: entry, program: program, arguments: arguments))
  }

  /// As ``start(entry:program:arguments:)``; `nil` if the slice was over first.
  func startSlice(entry: String, program: LuaProgram?, arguments: [LuaValue]) -> LuaStep? {
    let halt = call(entry: entry, program: program, arguments: arguments)
    return halt == .interrupted ? nil : step(after: halt)
  }

  /// Answers the request that the session waits on, and runs the script to its next.
  /// - Parameter answer: The answer. One that is larger than the limits on values is raised in the
  ///   script as an error that says so.
  /// - Returns: Where the script came to; a failure if no request is waiting, or the session is over.
  public func resume(_ answer: LuaAnswer) -> LuaStep {
    complete(send(answer))
  }

  /// As ``resume(_:)``; `nil` if the slice was over first.
  func resumeSlice(_ answer: LuaAnswer) -> LuaStep? {
    let halt = send(answer)
    return halt == .interrupted ? nil : step(after: halt)
  }

  /// Goes on with a script whose slice was over; `nil` if that happens again.
  func continueSlice() -> LuaStep? {
    let halt = proceed()
    return halt == .interrupted ? nil : step(after: halt)
  }

  // A step is made in its place, once: to move one costs more than to read it.
  @inline(__always)
  private func complete(_ first: Halt) -> LuaStep {
    var halt = first
    while halt == .interrupted { halt = proceed() }
    return step(after: halt)
  }

  private func proceed() -> Halt {
    guard unsafe phase == .interrupted else { return refuse("the session was not interrupted") }
    return unsafe note(shim_continue(state))
  }

  private func call(entry: String, program: LuaProgram?, arguments: [LuaValue]) -> Halt {
    switch unsafe phase {
    case .idle: break
    case .waiting: return refuse("the session waits for an answer")
    case .interrupted: return refuse("the session is running")
    case .over: return .refused
    }
    var tape = unsafe TapeWriter(state: state)
    unsafe tape.append(text: entry)
    unsafe tape.append(count: arguments.count + (program == nil ? 0 : 1))
    if let program { unsafe tape.append(.program(program)) }
    for argument in arguments { unsafe tape.append(argument) }
    if let problem = unsafe tape.problem(in: limits) { return refuse(problem) }
    return unsafe note(shim_start(state, tape.count))
  }

  @inline(__always)
  private func send(_ answer: LuaAnswer) -> Halt {
    switch unsafe phase {
    case .waiting: break
    case .idle: return refuse("no request waits for an answer")
    case .interrupted: return refuse("the session is running")
    case .over: return .refused
    }
    if case .value(let value) = answer, let scalar = value.scalar {
      return unsafe note(shim_answer_scalar(state, scalar.tag, scalar.word))
    }
    var tape = unsafe TapeWriter(state: state)
    var isRaising = false
    switch answer {
    case .value(let value):
      unsafe tape.append(count: 1)
      unsafe tape.append(value)
    case .values(let values):
      unsafe tape.append(count: values.count)
      for value in values { unsafe tape.append(value) }
    case .raise(let value):
      unsafe tape.append(value)
      isRaising = true
    }
    if let problem = unsafe tape.problem(in: limits) {
      unsafe tape.reset()
      unsafe tape.append(string: problem)
      isRaising = true
    }
    let count = unsafe tape.count
    return unsafe note(isRaising ? shim_raise(state, count) : shim_answer(state, count))
  }

  private func note(_ status: CInt) -> Halt {
    switch status {
    case CInt(SHIM_REQUEST):
      unsafe phase = .waiting
      return .request
    case CInt(SHIM_FINISHED):
      unsafe phase = .idle
      return .finished
    case CInt(SHIM_INTERRUPTED):
      unsafe phase = .interrupted
      return .interrupted
    default:
      return .failed
    }
  }

  private func refuse(_ complaint: String) -> Halt {
    self.complaint = complaint
    return .refused
  }

  @inline(__always)
  private func step(after halt: Halt) -> LuaStep {
    switch halt {
    case .request: return unsafe .request(request())
    case .finished:
      var reader = unsafe TapeReader(shim_output(state))
      return .finished(unsafe reader.values())
    case .failed, .interrupted:
      let error = unsafe failure()
      unsafe phase = .idle
      if error.endsSession {
        unsafe phase = .over
        end = error
      }
      return .failed(error)
    case .refused:
      let refusal = LuaError(kind: .host, message: complaint ?? "the session is over")
      return .failed(end ?? refusal)
    }
  }

  /// Hands over what the script posted since the last call.
  public func takePosts() -> [LuaPost] {
    let view = unsafe shim_posts(state)
    guard unsafe view.count > 0 else { return [] }
    defer { unsafe shim_clear_posts(state) }
    var posts: [LuaPost] = []
    var reader = unsafe TapeReader(view)
    while !(unsafe reader.isAtEnd) {
      _ = unsafe reader.count()
      let position = unsafe position(from: &reader)
      var values = unsafe reader.values()
      guard case .string(let name)? = values.first else { break }
      values.removeFirst()
      posts.append(LuaPost(name: name, arguments: values, position: position))
    }
    return posts
  }

  /// Counts instructions, times and posts from zero again.
  public func renewAllowances() {
    unsafe shim_renew(state)
  }

  /// What the session has used so far.
  public var statistics: LuaStatistics {
    let measured = unsafe shim_measure(state)
    return LuaStatistics(
      memoryBytes: Int(measured.memory_bytes),
      memoryPeakBytes: Int(measured.memory_peak_bytes),
      instructions: measured.instructions,
      processorTime: .nanoseconds(Int64(clamping: measured.processor_nanoseconds)),
      largestWork: measured.largest_work
    )
  }
}
