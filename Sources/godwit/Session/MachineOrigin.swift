import ArgumentParser
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitRun

/// The server that this machine names for a command about a run: by a flag, a variable, a profile or a
/// setting of the user's own, or else Atlas.
///
/// A run file is input like any other. Credentials go where it says only if this machine says the same.
struct MachineOrigin {
  /// The origin, as runs record it.
  let baseURL: String
  /// What names it, for people.
  let source: String
  private let isTyped: Bool

  /// Finds out from options, environment, profiles and the user's own settings.
  ///
  /// - Throws: `Diagnostic` or ``RunError`` if there are no credentials, or something names what is no
  ///   origin.
  init(
    _ options: ConnectionOptions,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let access = try AtlasAccess(
      options,
      environment: environment,
      setting: try Self.setting(options, environment)
    )
    baseURL = access.target.baseURL
    source = access.targetSource
    isTyped = options.baseURL != nil
  }

  /// Compares it with where a run goes.
  ///
  /// - Returns: the origin, which both name.
  /// - Throws: ``RunError`` that shows both.
  func checked(against run: RunInfo) throws -> String {
    let planned = run.target.baseURL
    let origin = (try? AtlasTarget(baseURL: planned, allowHTTP: true))?.baseURL
    guard origin != baseURL else { return baseURL }
    if isTyped {
      throw RunError(
        Diagnostic(
          "the run was planned against \(planned), not \(baseURL), which --base-url names; nothing was sent",
          advice: "name the run's own server, or plan against the other one"
        )
      )
    }
    let names = source == AtlasAccess.standard ? "by default" : "by \(source)"
    throw RunError(
      Diagnostic(
        "the run was planned against \(planned), and this machine uses \(baseURL) \(names);"
          + " nothing was sent",
        advice:
          "credentials go to no server that only a run file names: if you mean \(planned), add"
          + " --base-url \(Shell.quoted(planned))"
      )
    )
  }

  /// What settings say; those of a command about a run do not go into its options, since a run on a
  /// simulator's world has no use for them.
  private static func setting(
    _ options: ConnectionOptions,
    _ environment: [String: String]
  ) throws -> (text: String, source: String)? {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let variable = Settings.variable(of: "base-url")
    let isProfileSet = value(Settings.variable(of: "profile")) == options.profile
    if let url = value(variable), options.profile == nil || isProfileSet { return (url, variable) }
    guard AtlasAccess.urlVariables.allSatisfy({ value($0) == nil }),
      let path = ConfigurationFolders(environment: environment).settingsFile,
      let shape = CommandShape(of: Godwit.self),
      let file = try SettingsFile.read(path, of: shape),
      let url = file.values["base-url"]?.first
    else { return nil }
    let isOwnProfile = file.values["profile"]?.first == options.profile
    return options.profile == nil || isOwnProfile ? (url, path) : nil
  }
}

extension ConnectionOptions {
  /// The flags that a command on a run has to repeat, so that this machine names the run's server.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - typed: what was typed; `nil` for a command that goes nowhere.
  /// - Returns: flags with a space before each; empty if nothing has to be repeated.
  static func repeated(for run: RunInfo, typed: ConnectionOptions? = nil) -> String {
    guard run.target.world == nil, var options = try? typed ?? ConnectionOptions.parse([]) else {
      return ""
    }
    let planned = run.target.baseURL
    func isEnough(_ options: ConnectionOptions) -> Bool {
      (try? MachineOrigin(options))?.baseURL == planned
    }
    let profile = options.profile
    options.baseURL = nil
    options.profile = nil
    if isEnough(options) { return "" }
    if let profile {
      options.profile = profile
      if isEnough(options) { return " --profile \(Shell.quoted(profile))" }
    }
    let isPlain = planned.hasPrefix("http://") && (try? AtlasTarget(baseURL: planned)) == nil
    return " --base-url \(Shell.quoted(planned))" + (isPlain ? " --allow-http" : "")
  }
}
