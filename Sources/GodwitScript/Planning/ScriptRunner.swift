internal import GodwitCore
internal import LuaVM

/// Runs one entry of the prelude for one project: answers requests until the script ends.
struct ScriptRunner {
  let migration: Migration
  let project: Project
  let parameters: LuaTable
  let fingerprints: [String: SecretFingerprint]
  let onLog: @Sendable (LogLine) -> Void

  /// How a script ended.
  enum Ending {
    case finished([LuaValue])
    case failed(LuaError)
  }

  /// What a script said beside its result.
  var logs: [LogLine] = []

  init(
    migration: Migration,
    project: Project,
    parameters: LuaTable,
    fingerprints: [String: SecretFingerprint],
    onLog: @escaping @Sendable (LogLine) -> Void
  ) {
    self.migration = migration
    self.project = project
    self.parameters = parameters
    self.fingerprints = fingerprints
    self.onLog = onLog
  }

  /// Runs `migrate` (with `select` before it), `select` alone, or `verify`.
  ///
  /// - Parameters:
  ///   - entry: the prelude's entry.
  ///   - answer: answers requests about integrations.
  /// - Returns: what the entry returned, or the error that ended it.
  mutating func run(
    _ entry: String,
    answer: (LuaRequest) async -> LuaAnswer
  ) async -> Ending {
    let lua = LuaActor(
      pool: migration.pool,
      limits: migration.limits,
      prelude: migration.prelude,
      seed: migration.seed(for: project.id),
      label: "project \(project.name)"
    )
    var turn = await lua.start(
      entry: entry,
      program: migration.program,
      arguments: [.table(project.scriptTable), .table(parameters)]
    )
    while true {
      take(turn.posts)
      switch turn.step {
      case .finished(let values): return .finished(values)
      case .failed(let error): return .failed(error)
      case .request(let request):
        turn = await lua.resume(await self.answer(request, answer))
      }
    }
  }

  private func answer(
    _ request: LuaRequest,
    _ other: (LuaRequest) async -> LuaAnswer
  ) async -> LuaAnswer {
    if request.name == "sleep" { return await sleep(request.arguments.first ?? .nil) }
    if let answer = HostLibrary.answer(
      request,
      modules: migration.modules,
      fingerprints: fingerprints
    ) {
      return answer
    }
    return await other(request)
  }

  /// Waits; a cancelled wait ends at once, and so does the script when it is resumed.
  private func sleep(_ value: LuaValue) async -> LuaAnswer {
    let seconds: Double =
      switch value {
      case .integer(let value): Double(value)
      case .number(let value): value
      default: 0
      }
    let longest = migration.limits.wallClock ?? .seconds(86_400)
    let wanted = Duration.seconds(min(seconds, 1e9))
    guard wanted < longest else {
      return .raise(.string("sleep(\(value.shown)) is longer than a script may take, \(longest)"))
    }
    try? await Task.sleep(for: wanted)
    return .values([])
  }

  private mutating func take(_ posts: [LuaPost]) {
    for post in posts {
      let position = ScriptPosition(post.position)
      switch post.name {
      case "log":
        let level = post.arguments.first?.text.flatMap(LogLine.Level.init(rawValue:)) ?? .info
        let message = post.arguments.dropFirst().first?.shown ?? ""
        log(LogLine(level: level, message: message, position: position))
      case LuaPost.suppressed:
        log(LogLine(level: .warn, message: "further lines were suppressed", position: position))
      default: break
      }
    }
  }

  private mutating func log(_ line: LogLine) {
    logs.append(line)
    onLog(line)
  }
}
