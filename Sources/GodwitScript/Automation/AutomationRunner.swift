public import GodwitCore
internal import LuaVM

/// Runs an automation, with reads that are real and writes that are recorded.
public struct AutomationRunner: Sendable {
  /// What a run came to.
  public struct Outcome: Sendable {
    /// The plans of the projects that the script asked something of.
    public var plans: [ProjectPlan]
    /// Failures of `atlas.each` that belong to no project.
    public var failures: [Diagnostic]
  }

  private let automation: Automation
  private let parameters: JSONObject
  private let policy: DraftPolicy
  private let reads: AutomationReads
  private let onPrint: @Sendable (String) -> Void
  private let onLog: @Sendable (LogLine) -> Void

  /// Makes a runner.
  ///
  /// - Parameters:
  ///   - automation: the script.
  ///   - parameters: what `params` has: texts, and secrets as references.
  ///   - policy: how writes are judged; what a migration would have to declare is allowed.
  ///   - reads: reads from Atlas.
  ///   - onPrint: receives what the script prints, a line at a time.
  ///   - onLog: receives what it logs.
  public init(
    automation: Automation,
    parameters: JSONObject,
    policy: DraftPolicy,
    reads: AutomationReads,
    onPrint: @escaping @Sendable (String) -> Void,
    onLog: @escaping @Sendable (LogLine) -> Void
  ) {
    self.automation = automation
    self.parameters = parameters
    self.policy = policy
    self.reads = reads
    self.onPrint = onPrint
    self.onLog = onLog
  }

  /// Runs the script.
  ///
  /// - Throws: ``Diagnostic`` if the script failed; then nothing of it counts.
  public func run() async throws(Diagnostic) -> Outcome {
    let host = AutomationHost(policy: policy, reads: reads)
    let error = await withTaskGroup(of: (Int64, LuaAnswer).self) { group in
      await drive(host, &group)
    }
    if let error { throw error }
    return Outcome(plans: await host.conclude(), failures: await host.failures)
  }

  /// Answers requests until the script ends; those of `atlas.each` are answered side by side.
  private func drive(
    _ host: AutomationHost,
    _ group: inout TaskGroup<(Int64, LuaAnswer)>
  ) async -> Diagnostic? {
    let lua = LuaActor(
      pool: automation.pool,
      limits: automation.limits,
      prelude: automation.prelude
    )
    var answers: [Int64: LuaAnswer] = [:]
    var turn = await lua.start(
      entry: "automate",
      program: automation.program,
      arguments: [.table(LuaTable(parameters))]
    )
    while true {
      take(turn.posts)
      let request: LuaRequest
      switch turn.step {
      case .finished(let values):
        // Calls of an each that the script left are waited for by nobody.
        group.cancelAll()
        return values.first?.text == "migration" ? isMigration : nil
      case .failed(let error):
        group.cancelAll()
        return Diagnostic(error)
      case .request(let asked): request = asked
      }
      switch request.name {
      case "flush": turn = await lua.resume(.values([]))
      case "each.begin":
        guard let (ticket, own) = Self.unwrapped(request) else {
          turn = await lua.resume(.raise(.string("atlas.each: a request without a name")))
          continue
        }
        group.addTask { (ticket, await answer(own, host)) }
        turn = await lua.resume(.values([]))
      case "each.wait":
        guard let (ticket, answer) = await group.next() else {
          turn = await lua.resume(.raise(.string("atlas.each waits for nothing")))
          continue
        }
        answers[ticket] = answer
        turn = await lua.resume(.values([.integer(ticket)]))
      case "each.take":
        let ticket = request.arguments.first.flatMap(Self.integer) ?? 0
        turn = await lua.resume(
          answers.removeValue(forKey: ticket)
            ?? .raise(.string("atlas.each: call \(ticket) has no answer"))
        )
      default: turn = await lua.resume(await answer(request, host))
      }
    }
  }

  private var isMigration: Diagnostic {
    let path = automation.source.path
    return Diagnostic(
      "\(path) is a migration: it returns a table with a function migrate",
      advice: "godwit plan \(path)"
    )
  }

  /// The request that a function of `atlas.each` made, and by which number it is waited for.
  private static func unwrapped(_ request: LuaRequest) -> (Int64, LuaRequest)? {
    guard request.arguments.count >= 2, let ticket = integer(request.arguments[0]),
      let name = request.arguments[1].text
    else { return nil }
    return (
      ticket,
      LuaRequest(
        name: name,
        arguments: LuaArguments(Array(request.arguments.dropFirst(2))),
        position: request.position
      )
    )
  }

  private static func integer(_ value: LuaValue) -> Int64? {
    if case .integer(let number) = value { number } else { nil }
  }

  private func answer(_ request: LuaRequest, _ host: AutomationHost) async -> LuaAnswer {
    if request.name == "flush" { return .values([]) }
    if request.name == "sleep" {
      let answer = ScriptSleep.seconds(request.arguments.first ?? .nil)
      try? await Task.sleep(for: .seconds(answer))
      return .values([])
    }
    if let answer = HostLibrary.answer(
      request,
      modules: automation.modules,
      fingerprints: policy.fingerprints
    ) {
      return answer
    }
    return await host.answer(request)
  }

  private func take(_ posts: [LuaPost]) {
    for post in posts {
      let position = ScriptPosition(post.position)
      switch post.name {
      case "print": onPrint(post.arguments.first?.shown ?? "")
      case "log":
        let level = post.arguments.first?.text.flatMap(LogLine.Level.init(rawValue:)) ?? .info
        let message = post.arguments.dropFirst().first?.shown ?? ""
        onLog(LogLine(level: level, message: message, position: position))
      case LuaPost.suppressed:
        onLog(LogLine(level: .warn, message: "further lines were suppressed", position: position))
      default: break
      }
    }
  }
}

/// How long `sleep` is asked to wait.
enum ScriptSleep {
  /// The seconds, at most a thousand million of them.
  static func seconds(_ value: LuaValue) -> Double {
    switch value {
    case .integer(let value): min(Double(value), 1e9)
    case .number(let value): min(value, 1e9)
    default: 0
    }
  }
}
