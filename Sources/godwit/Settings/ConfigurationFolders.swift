import Foundation

/// Where programs keep their settings for a user.
struct ConfigurationFolders {
  /// The environment.
  var environment: [String: String]

  /// The folder of all programs; `nil` for a user without a home.
  ///
  /// Source: the XDG Base Directory Specification; Go's `os.UserConfigDir`, which the Atlas CLI asks,
  /// has `Library/Application Support` on macOS.
  private var base: String? {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    #if os(macOS)
      return home.map { $0 + "/Library/Application Support" }
    #else
      if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder }
      return home.map { $0 + "/.config" }
    #endif
  }

  /// The user's own settings of Godwit.
  var settingsFile: String? { base.map { $0 + "/godwit/godwit.toml" } }

  /// The key with which the user's plans are marked.
  var planKeyFile: String? { base.map { $0 + "/godwit/plan.key" } }

  /// The settings files beside scripts that the user has trusted.
  var trustFile: String? { base.map { $0 + "/godwit/trusted.json" } }

  /// The profiles of the Atlas CLI.
  ///
  /// Source: atlas-cli-core, `config/config.go`: `atlascli/config.toml` in the folder above.
  var profilesFile: String? { base.map { $0 + "/atlascli/config.toml" } }
}
