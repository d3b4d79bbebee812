import ArgumentParser
import Foundation

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
      ReportCommand.self, ManualCommand.self, RunsCommand.self, SimulatorCommand.self,
    ]
  )

  static func main() async {
    Process.forbidCoreDumps()
    Process.ignoreBrokenPipes()
    do {
      var command = try parseAsRoot()
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

/// Settings of the process as a whole.
private enum Process {
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
