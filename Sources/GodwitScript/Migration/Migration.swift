public import GodwitCore
public import LuaVM
internal import Synchronization

/// A migration: a script that was compiled once, and what it says about itself.
public struct Migration: Sendable {
  /// The texts.
  public let source: ScriptSource
  /// The `name` that it gives itself.
  public let name: String
  /// The `summary` that it gives itself.
  public let summary: String
  /// What it may write.
  public let may: May
  /// Its parameters, by name in order.
  public let parameters: [ParameterSpec]
  /// Whether it has a `select` function.
  public let hasSelect: Bool
  /// Whether it has a `verify` function.
  public let hasVerify: Bool
  /// Where its projects' scripts run.
  public let pool: LuaThreadPool
  /// How much a project's script may use.
  public let limits: LuaLimits

  let program: LuaProgram
  let prelude: LuaProgram
  let modules: ModuleStore
  /// The line of `migrate`, for what has no line of its own.
  let migratePosition: ScriptPosition?
  /// The line of `verify`.
  let verifyPosition: ScriptPosition?
  let verdictLines: VerdictLines

  /// Compiles a script, runs its top level once and reads what it returns.
  ///
  /// - Parameters:
  ///   - source: the script's texts.
  ///   - pool: the threads on which it runs.
  ///   - limits: how much one project's script may use.
  /// - Throws: ``Diagnostic`` with file and line for a syntax error, an error at the top level, an
  ///   unknown key or a wrong type.
  public init(
    _ source: ScriptSource,
    pool: LuaThreadPool,
    limits: LuaLimits = LuaLimits()
  ) async throws(Diagnostic) {
    self.source = source
    self.pool = pool
    self.limits = limits
    do throws(LuaError) {
      program = try LuaProgram.compile(source: source.text, name: source.path)
      prelude = try Prelude.program.get()
    } catch {
      guard error.position == nil else { throw Diagnostic(error) }
      throw Diagnostic("\(source.path): \(error.message)")
    }
    modules = ModuleStore(source.modules)
    let returned = try await Self.describe(
      program,
      prelude: prelude,
      modules: modules,
      pool: pool,
      limits: limits
    )
    let header = try MigrationHeader(returned, source: source)
    name = header.name
    summary = header.summary
    may = header.may
    parameters = header.parameters
    hasSelect = header.hasSelect
    hasVerify = header.hasVerify
    migratePosition = header.migratePosition
    verifyPosition = header.verifyPosition
    verdictLines = VerdictLines(source)
  }

  private static func describe(
    _ program: LuaProgram,
    prelude: LuaProgram,
    modules: ModuleStore,
    pool: LuaThreadPool,
    limits: LuaLimits
  ) async throws(Diagnostic) -> LuaValue {
    let lua = LuaActor(
      pool: pool,
      limits: limits,
      prelude: prelude,
      label: "the top level of \(program.name)"
    )
    var turn = await lua.start(entry: "describe", program: program)
    while case .request(let request) = turn.step {
      turn = await lua.resume(
        HostLibrary.answer(request, modules: modules)
          ?? .raise(.string("\(request.name) cannot be called at the top level of a script"))
      )
    }
    switch turn.step {
    case .failed(let error): throw Diagnostic(error)
    case .finished(let values): return values.first ?? .nil
    case .request: return .nil
    }
  }

  /// A parameter by name.
  public func parameter(_ name: String) -> ParameterSpec? {
    parameters.first { $0.name == name }
  }

  /// The seed of `math.random` for a project: the same for the same script and project.
  func seed(for project: ProjectID) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in (source.sha256 + project.text).utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return hash
  }
}

/// The modules of a script, compiled when they are first required.
final class ModuleStore: Sendable {
  private let sources: [String: ScriptSource.Module]
  private let compiled = Mutex<[String: LuaProgram]>([:])

  init(_ sources: [String: ScriptSource.Module]) {
    self.sources = sources
  }

  /// The program of a module.
  ///
  /// - Throws: ``LuaError`` if it does not compile.
  /// - Returns: `nil` if there is no such module.
  func program(_ name: String) throws(LuaError) -> LuaProgram? {
    if let program = compiled.withLock({ $0[name] }) { return program }
    guard let module = sources[name] else { return nil }
    let program = try LuaProgram.compile(source: module.text, name: module.path)
    compiled.withLock { $0[name] = program }
    return program
  }

  /// The names that `require` takes.
  var names: [String] { sources.keys.sorted() }
}

extension ScriptPosition {
  /// The same place, in the words of this module's callers.
  init?(_ position: LuaPosition?) {
    guard let position else { return nil }
    self.init(file: position.file, line: position.line)
  }
}

extension LuaLimit {
  /// What to give `--script-limit` for more of it, where it takes that.
  fileprivate var change: String? {
    switch self {
    case .memory, .allocation: "memory=…"
    case .instructions, .processorTimeBetweenRequests, .processorTime: "time=…"
    case .wallClock, .coroutines: nil
    }
  }
}

extension Diagnostic {
  /// What a script's error says to a person.
  init(_ error: LuaError) {
    var summary = error.message
    var advice: String?
    if case .limit(let limit) = error.kind {
      summary += "; the limit is \(limit)"
      advice = "look for an endless loop or for data that grows at that line"
      if let change = limit.change { advice? += "; --script-limit \(change) allows more" }
    } else if case .table(let table)? = error.value {
      // `error{ … }`: a table says nothing by itself, its contents may.
      let contents = table["message"]?.shown ?? (try? JSONValue(.table(table)))?.encodedString()
      let isBare = table.fields.isEmpty && table.array.isEmpty && summary.contains("metatable")
      if let contents, !isBare { summary = "error object \(contents)" }
    }
    self.init(summary, position: ScriptPosition(error.position), advice: advice)
  }
}
