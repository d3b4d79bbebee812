import Foundation
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun
import LuaVM

/// Plans again what was held for drift while a run was applied, shows it, asks and applies it, as
/// `--accept-drift` does.
///
/// The new plan is a run of its own: in each run file is exactly what was planned and done.
struct Replanning {
  /// The run that was applied.
  let path: String
  let options: ApplyOptions
  let connection: ConnectionOptions
  let secrets: SecretOptions
  let output: OutputOptions
  var limits = LuaLimits()

  /// Plans and applies what drifted, if anything did and the run was not stopped.
  ///
  /// - Parameter status: how the run ended.
  /// - Returns: how both end together: a project that was held, and then done, is done. What goes
  ///   wrong in planning again is told, and leaves it held.
  /// - Throws: ``RunError`` if the run cannot be read.
  func run(after status: ExitStatus) async throws -> ExitStatus {
    let isWhole: Set<ExitStatus> = [.success, .projectsFailed, .held, .inDoubt]
    guard isWhole.contains(status) else { return status }
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.openForReading(path)
    }
    defer { try? file.close() }
    let (drifted, held) = try projects(of: file)
    guard !drifted.isEmpty else { return status }
    let noun = drifted.count == 1 ? "project differs" : "projects differ"
    Console.note("\n\(drifted.count) \(noun) from what was planned: planning again.\n")
    var statuses: Set<ExitStatus> = []
    do {
      statuses.insert(try await redo(drifted, of: file))
      if held > drifted.count || status != .held { statuses.insert(status) }
    } catch let error as RunError {
      Console.tell(error.diagnostic, output)
      // "Could not start" would say that nothing was written.
      statuses = error.status == .couldNotStart ? [.held, status] : [error.status, status]
    } catch let error as Diagnostic {
      Console.tell(error, output)
      statuses = [.held, status]
    }
    statuses.remove(.success)
    return ExitStatus.worst(statuses)
  }

  private func redo(_ projects: [Project], of file: RunFile) async throws -> ExitStatus {
    var order = try await PlanOrder(
      again: file,
      projects: projects,
      secrets: secrets,
      output: output,
      limits: limits
    )
    order.out = newPath
    order.failureLimit = options.maxFailures
    let info = try RunError.wrapping { () throws(RunFileError) in try file.info() }
    let again = try await Planning(order: order, connection: connection, output: output)
      .run(whereItWent: info)
    let plan = try RunPrinter.showPlan(at: again, output)
    guard plan.pendingOperations > 0 else { return plan.exitStatus(isPlan: true) }
    return try await Applying(
      path: again,
      options: options,
      connection: connection,
      secrets: secrets,
      output: output,
      isShown: true,
      isReplanned: true,
      limits: limits
    ).run()
  }

  /// The projects that were held for drift, and how many were held for whatever reason.
  private func projects(of file: RunFile) throws -> (drifted: [Project], held: Int) {
    var drifted: [Project] = []
    var held = 0
    try RunError.wrapping { () throws(RunFileError) in
      try file.forEachRecord { record in
        guard record.outcome == .held else { return }
        held += 1
        // What the script itself held was never to be applied.
        if record.plan.outcome == .changed { drifted.append(record.project) }
      }
    }
    return (drifted, held)
  }

  /// Beside a run that was put somewhere by name; `nil` for one that is kept with the others.
  private var newPath: String? {
    guard !path.hasPrefix(RunFolder.runs + "/") else { return nil }
    let base =
      path.hasSuffix(RunFolder.ending) ? String(path.dropLast(RunFolder.ending.count)) : path
    let paths = (1...).lazy.map { "\(base)-drift-\($0)\(RunFolder.ending)" }
    return paths.first { !FileManager.default.fileExists(atPath: $0) }
  }
}
