import ArgumentParser
import Foundation
import GodwitCore
import GodwitReport

/// `godwit doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check credentials, roles, clock and limits, and say what to do.",
    discussion: """
      Reads only. Exits with 0 if nothing that is needed fails, else with 1.
      """
  )

  @OptionGroup(title: "Where to") var connection: ConnectionOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try await Console.run(output) {
      let environment = ProcessInfo.processInfo.environment
      let candidates = [
        SettingsFile.name, ConfigurationFolders(environment: environment).settingsFile,
      ].compactMap { $0 }
      let doctor = Doctor(
        connection: connection,
        environment: environment,
        settingsFiles: candidates.filter { FileManager.default.fileExists(atPath: $0) }
      )
      let examination = await doctor.examine()
      Console.output(
        output.output == .json ? examination.json() : examination.text(style: output.style)
      )
      return examination.isHealthy ? .success : .couldNotStart
    }
  }
}
