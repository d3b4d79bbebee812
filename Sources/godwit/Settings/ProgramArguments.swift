import ArgumentParser
import Foundation
import GodwitCore

/// The arguments of the program, with those that settings add.
struct ProgramArguments {
  /// All of them.
  var all: [String]
  /// Those that were added.
  var additions: [Settings.Addition] = []

  /// Reads the settings that hold for a command line.
  ///
  /// Options are described anew only if there are settings: that takes some milliseconds.
  ///
  /// - Throws: `Diagnostic` for settings that are not understood.
  init(typed: [String], environment: [String: String]) throws {
    all = typed
    let own = ConfigurationFolders(environment: environment).settingsFile
    let mayHave =
      environment.keys.contains { $0.hasPrefix("GODWIT_") }
      || FileManager.default.fileExists(atPath: SettingsFile.name)
      || own.map(FileManager.default.fileExists(atPath:)) == true
      || typed.contains { $0.hasSuffix(".lua") && $0.contains("/") }
    guard mayHave, let program = CommandShape(of: Godwit.self) else { return }
    additions = try Settings(environment: environment, program: program).additions(to: typed)
    let end = typed.firstIndex(of: "--") ?? typed.endIndex
    all.insert(contentsOf: additions.flatMap(\.arguments), at: end)
  }

  /// Where the options come from that a message of the parser names.
  func origins(in message: String) -> String? {
    let named = additions.filter { addition in
      message.contains("--\(addition.option)")
        || Settings.presets[addition.option].map { message.contains($0) } == true
    }
    guard !named.isEmpty else { return nil }
    return named.map { "--\($0.option) comes from \($0.origin)" }.joined(separator: "; ")
  }
}
