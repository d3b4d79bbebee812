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

  private let state: OpaquePointer
  private let limits: LuaLimits
  private var phase = Phase.idle
  private var chunks: [String] = []
  private var names = [String?](repeating: nil, count: SHIM_NAMES_MAX)
  private var end: LuaError?

  private enum Phase {
    case idle, interrupted, waiting, over
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
    if let error = unsafe tape.error(in: limits) { throw error }
    if unsafe shim_prelude(state, tape.count) == SHIM_FAILED { throw failure() }
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
    startSlice(entry: entry, program: program, arguments: arguments) ?? completeSlices()
  }

  /// As ``start(entry:program:arguments:)``; `nil` if the slice was over first.
  func startSlice(entry: String, program: LuaProgram?, arguments: [LuaValue]) -> LuaStep? {
    switch phase {
    case .over: return over()
    case .waiting: return misuse("the session waits for an answer")
    case .interrupted: return misuse("the session is running")
    case .idle: break
    }
    var tape = unsafe TapeWriter(state: state)
    unsafe tape.append(text: entry)
    unsafe tape.append(count: arguments.count + (program == nil ? 0 : 1))
    if let program { unsafe tape.append(.program(program)) }
    for argument in arguments { unsafe tape.append(argument) }
    if let error = unsafe tape.error(in: limits) { return .failed(error) }
    return step(unsafe shim_start(state, tape.count))
  }

  /// Answers the request that the session waits on, and runs the script to its next.
  /// - Parameter answer: The answer. One that is larger than the limits on values is raised in the
  ///   script as an error that says so.
  /// - Returns: Where the script came to; a failure if no request is waiting, or the session is over.
  public func resume(_ answer: LuaAnswer) -> LuaStep {
    resumeSlice(answer) ?? completeSlices()
  }

  /// As ``resume(_:)``; `nil` if the slice was over first.
  func resumeSlice(_ answer: LuaAnswer) -> LuaStep? {
    switch phase {
    case .over: return over()
    case .idle: return misuse("no request waits for an answer")
    case .interrupted: return misuse("the session is running")
    case .waiting: break
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
    if unsafe !tape.isSound(in: limits), let error = unsafe tape.error(in: limits) {
      unsafe tape.reset()
      unsafe tape.append(string: error.message)
      isRaising = true
    }
    let count = unsafe tape.count
    return step(unsafe isRaising ? shim_raise(state, count) : shim_answer(state, count))
  }

  /// Goes on with a script whose slice was over; `nil` if that happens again.
  func continueSlice() -> LuaStep? {
    guard case .interrupted = phase else { return misuse("the session was not interrupted") }
    return step(unsafe shim_continue(state))
  }

  private func completeSlices() -> LuaStep {
    while true {
      if let step = continueSlice() { return step }
    }
  }

  private func over() -> LuaStep {
    .failed(end ?? LuaError(kind: .host, message: "the session is over"))
  }

  private func misuse(_ message: String) -> LuaStep {
    .failed(LuaError(kind: .host, message: message))
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
      processorTime: .nanoseconds(Int64(clamping: measured.processor_nanoseconds))
    )
  }

  private func step(_ status: CInt) -> LuaStep? {
    var reader = unsafe TapeReader(shim_output(state))
    switch status {
    case CInt(SHIM_REQUEST):
      phase = .waiting
      let position = unsafe position(from: &reader)
      let name = unsafe name(from: &reader)
      let arguments = unsafe reader.values()
      return .request(LuaRequest(name: name, arguments: arguments, position: position))
    case CInt(SHIM_FINISHED):
      phase = .idle
      return .finished(unsafe reader.values())
    case CInt(SHIM_INTERRUPTED):
      phase = .interrupted
      return nil
    default:
      return .failed(failure())
    }
  }

  /// Reads the error that the last call wrote, and ends the session if it is one of those that do.
  private func failure() -> LuaError {
    var reader = unsafe TapeReader(shim_output(state))
    let reason = Int(unsafe reader.byte())
    let message = unsafe reader.text()
    let position = unsafe position(from: &reader)
    let value = unsafe reader.value()
    let depth = unsafe reader.count()
    let frames = (0..<depth).compactMap { _ -> LuaError.Frame? in
      let place = unsafe self.position(from: &reader)
      let function = unsafe reader.text()
      return place.map {
        LuaError.Frame(position: $0, function: function.isEmpty ? nil : function)
      }
    }
    let error = LuaError(
      kind: limits.kind(reason: reason),
      message: message,
      position: position,
      value: value == .nil ? nil : value,
      traceback: frames
    )
    phase = reason == 0 ? .idle : .over
    if reason != 0 { end = error }
    return error
  }

  private func name(from reader: inout TapeReader) -> String {
    let number = unsafe reader.count()
    guard number < names.count else { return unsafe reader.text() }
    if let name = names[number] { return name }
    let view = unsafe shim_request_name(state, UInt32(number))
    let bytes = unsafe UnsafeBufferPointer(start: view.bytes, count: view.count)
    let name = unsafe String(decoding: bytes, as: UTF8.self)
    names[number] = name
    return name
  }

  private func position(from reader: inout TapeReader) -> LuaPosition? {
    let chunk = unsafe reader.count()
    let line = unsafe reader.count()
    guard line > 0 else { return nil }
    while chunks.count <= chunk {
      guard let name = unsafe shim_chunk_name(state, UInt32(chunks.count)) else { return nil }
      chunks.append(unsafe String(cString: name))
    }
    return LuaPosition(file: chunks[chunk], line: line)
  }
}
