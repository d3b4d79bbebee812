import ArgumentParser
import Foundation
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit apply RUN` and `godwit apply SCRIPT`.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Carry out a plan: exactly what was recorded. With a script: plan, show, ask, apply.",
    discussion: """
      Before the first write to a project it is read again; where it differs from what was \
      planned on, that project alone is held. Each write is in the run file before it is sent.
      """
  )

  @Argument(help: "A run, by file, name, unique beginning or latest, or a script.")
  var runOrScript: String

  @OptionGroup(title: "Applying") var apply: ApplyOptions

  @Flag(name: .customLong("accept-expired"), help: "Apply a plan that has expired.")
  var acceptExpired = false

  @OptionGroup var plan: PlanOptions
  @OptionGroup var limits: ScriptOptions
  @OptionGroup(title: "Where to") var connection: ConnectionOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  private var isScript: Bool { runOrScript.hasSuffix(".lua") }

  mutating func validate() throws {
    guard !isScript else { return }
    let hasInputs =
      !plan.inputs.param.isEmpty || plan.inputs.paramsFile != nil
      || !plan.inputs.escrow.escrow.isEmpty || plan.inputs.withoutSecrets
      || !plan.inputs.judging.flags.isEmpty || plan.file.expires != nil
    if !plan.selection.isEmpty || plan.selection.allowEmpty || hasInputs || plan.file.out != nil {
      throw ValidationError(
        "A run has its projects and inputs in it: choose them when you plan."
      )
    }
  }

  func run() async throws {
    try await Console.run(output, mayWrite: true) {
      var path = try RunFolder.resolve(runOrScript)
      if isScript {
        let order = try await PlanOrder(
          script: runOrScript,
          options: plan,
          failureLimit: apply.maxFailures,
          connection: connection,
          output: output,
          limits: limits.limits
        )
        path = try await Planning(order: order, connection: connection, output: output).run()
        _ = try RunPrinter.showPlan(at: path, output)
      }
      if let finished = try checkPhase(path) { return finished }
      return try await Applying(
        path: path,
        options: apply,
        connection: connection,
        secrets: plan.inputs.secrets,
        output: output,
        isShown: isScript,
        limits: limits.limits
      ).run()
    }
  }

  /// Checks that the run waits to be applied.
  ///
  /// - Returns: how to end, if there is nothing left to do.
  private func checkPhase(_ path: String) throws -> ExitStatus? {
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.openForReading(path)
    }
    defer { try? file.close() }
    let (info, isParted) = try RunError.wrapping { () throws(RunFileError) in
      (try file.info(), try file.isPartedFromWAL())
    }
    let name = RunFolder.reference(to: path)
    switch info.phase {
    case .planned: break
    case .finished:
      return try RunPrinter(file: file, style: output.style).printFinished(path, output)
    case .planning:
      throw RunError(
        Diagnostic("the plan \(name) is incomplete", advice: "plan again")
      )
    case .applying:
      throw RunError(
        Diagnostic("the run \(name) was begun already", advice: "godwit resume \(name)")
      )
    }
    let now = RunFile.systemClock() / 1000
    guard now <= info.expiresSeconds || acceptExpired else {
      let age = now.subtractingReportingOverflow(info.createdSeconds).partialValue
      let words = "\(age / 3600) h old and was good for \(Span(seconds: info.expirySeconds))"
      let found = isParted ? "; it was not closed cleanly, and may have been begun" : ""
      throw RunError(
        Diagnostic(
          "the plan is \(words)\(found)",
          advice: isParted
            ? "godwit resume \(name)" : "plan again, or add --accept-expired"
        ),
        status: .held
      )
    }
    return nil
  }
}
