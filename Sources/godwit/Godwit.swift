import ArgumentParser
import Foundation
import GodwitCore

/// The program.
@main
struct Godwit: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "godwit",
    abstract: "Change third-party integrations of many MongoDB Atlas projects, as planned.",
    discussion: """
      A migration is a short Lua script. `plan` runs it over the chosen projects without writing
      and keeps what it would do; `apply` does exactly that.

      Try it without an Atlas account:
        godwit plan scripts/datadog-region-move.lua --simulator --secret apiKey=fake:hex32
      """,
    version: version,
    subcommands: [
      PlanCommand.self, ShowCommand.self, ApplyCommand.self, ResumeCommand.self,
      ResolveCommand.self, ReportCommand.self, ManualCommand.self, RunCommand.self,
      RunsCommand.self, InventoryCommand.self, SimulatorCommand.self, DoctorCommand.self,
      TrustCommand.self,
    ]
  )

  static func main() async {
    ThisProcess.forbidCoreDumps()
    ThisProcess.ignoreBrokenPipes()
    FileLimit.raise()
    let environment = ProcessInfo.processInfo.environment
    let arguments: ProgramArguments
    do {
      arguments = try ProgramArguments(
        typed: Array(CommandLine.arguments.dropFirst()),
        environment: environment
      )
    } catch {
      let diagnostic = error as? Diagnostic ?? Diagnostic("\(error)")
      Console.tell(diagnostic, .plain)
      exit(withError: ExitCode(ExitStatus.couldNotStart.rawValue))
    }
    do {
      var command = try parse(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}

extension Godwit {
  /// Parses; a message about an option that was not typed is followed by where it comes from.
  private static func parse(_ arguments: ProgramArguments) throws -> any ParsableCommand {
    do {
      return try parseAsRoot(arguments.all)
    } catch {
      if let origins = arguments.origins(in: message(for: error)) {
        Console.note("Note: \(Console.escaped(origins)).\n")
      }
      throw error
    }
  }
}

/// Settings of the process as a whole.
private enum ThisProcess {
  /// A core dump would hold secrets.
  static func forbidCoreDumps() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// A closed stdout is seen when writing, and ends nothing.
  static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
  }
}
