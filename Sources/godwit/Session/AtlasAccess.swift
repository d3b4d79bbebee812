import Foundation
import GodwitAtlas
import GodwitCore
import GodwitRun

/// Where a command goes and with which credentials, before anything is sent.
struct AtlasAccess {
  /// The server.
  var target: AtlasTarget
  /// The credentials.
  var credential: AtlasCredential
  /// Where they were found, for people.
  var source: String
  /// What said where the server is, for people.
  var targetSource: String

  /// What stands in place of a source where nothing says where the server is.
  static let standard = "Atlas"

  static let urlVariables = ["MONGODB_ATLAS_BASE_URL", "MCLI_OPS_MANAGER_URL"]

  /// Finds out from options, environment and profiles.
  ///
  /// A profile that is named is stronger than the environment; the Atlas CLI's own choice of a
  /// profile is weaker.
  ///
  /// - Parameters:
  ///   - options: what was typed.
  ///   - environment: the environment.
  ///   - setting: the origin that settings give to a command whose options do not have it.
  /// - Throws: `Diagnostic` if there are no credentials, only half of them or two kinds, or if the
  ///   base URL is none.
  init(
    _ options: ConnectionOptions,
    environment: [String: String],
    setting: (text: String, source: String)? = nil
  ) throws {
    let found = try Self.credentials(options, environment)
    let url: (text: String, source: String)
    if let typed = options.baseURL {
      url = (typed, "--base-url")
    } else if let setting {
      url = setting
    } else if let variable = Self.urlVariables.first(where: { environment[$0]?.isEmpty == false }) {
      url = (environment[variable] ?? "", variable)
    } else if let given = found.profile?.baseURL {
      url = (given, found.source)
    } else {
      url = (AtlasTarget.atlas.baseURL, Self.standard)
    }
    target = try Self.target(url.text, from: url.source, allowHTTP: options.allowHTTP)
    targetSource = url.source
    credential = found.credential
    source = found.source
  }

  private struct Found {
    var credential: AtlasCredential
    var source: String
    var profile: AtlasProfiles.Profile?
  }

  private static func credentials(
    _ options: ConnectionOptions,
    _ environment: [String: String]
  ) throws -> Found {
    let own = CredentialSource(environment: environment)
    if options.profile == nil, let credential = try own.credential() {
      return Found(credential: credential, source: own.name)
    }
    guard let (profile, path) = try profile(options, environment) else {
      throw try none(environment)
    }
    let source = profile.source(in: path)
    guard !source.isHalf else { throw profile.complaint(in: path) }
    guard let credential = try source.credential() else { throw profile.complaint(in: path) }
    return Found(credential: credential, source: source.name, profile: profile)
  }

  /// What is said where there are no credentials: profiles that could be chosen, if there are any.
  private static func none(_ environment: [String: String]) throws -> Diagnostic {
    let path = ConfigurationFolders(environment: environment).profilesFile
    let names = try path.flatMap { try AtlasProfiles(path: $0)?.names } ?? []
    guard !names.isEmpty else {
      return Diagnostic("there are no credentials", advice: CredentialSource.adviceForNone)
    }
    return Diagnostic(
      "there are no credentials in the environment, and no profile of the Atlas CLI is the default",
      advice: "choose one with --profile: " + names.joined(separator: ", ")
    )
  }

  /// The profile that is named, or else the one that the Atlas CLI would take.
  ///
  /// - Throws: `Diagnostic` if the one that is named is not there.
  static func profile(
    _ options: ConnectionOptions,
    _ environment: [String: String]
  ) throws -> (profile: AtlasProfiles.Profile, path: String)? {
    let variable = environment["MONGODB_ATLAS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
    let name = options.profile ?? variable
    guard let path = ConfigurationFolders(environment: environment).profilesFile,
      let profiles = try AtlasProfiles(path: path)
    else {
      guard let name else { return nil }
      throw Diagnostic(
        "there is no profile \"\(name)\": the Atlas CLI has no configuration here",
        advice: "make one with `atlas config init`, or set the credentials in the environment"
      )
    }
    guard let name else { return profiles.standard.map { ($0, path) } }
    guard let profile = profiles[name] else {
      throw Diagnostic(
        "\(path) has no profile \"\(name)\"",
        advice: profiles.names.isEmpty
          ? "it has none at all" : "it has \(profiles.names.joined(separator: ", "))"
      )
    }
    return (profile, path)
  }

  private static func target(
    _ text: String,
    from source: String,
    allowHTTP: Bool
  ) throws -> AtlasTarget {
    do throws(AtlasError) {
      return try AtlasTarget(baseURL: text, allowHTTP: allowHTTP)
    } catch {
      // The text is not repeated: a password may be part of it.
      var diagnostic = RunError(error).diagnostic
      diagnostic.summary = "\(source): " + diagnostic.summary
      // Whatever else is wrong with it is said already.
      let isPlain = (try? AtlasTarget(baseURL: text, allowHTTP: true)) != nil
      if isPlain { diagnostic.advice = "use https, or add --allow-http" }
      throw RunError(diagnostic)
    }
  }

  /// The organization that a command is narrowed to where none is named, which is told.
  ///
  /// - Throws: `Diagnostic` if a profile is named that is not there.
  static func narrowing(_ options: ConnectionOptions) throws -> String? {
    let environment = ProcessInfo.processInfo.environment
    guard let (id, source) = try organization(options, environment) else { return nil }
    Console.note("Only organization \(Console.escaped(id)), as \(source) says.\n")
    return id
  }

  /// The organization that a command is narrowed to where none is named, and what says so.
  static func organization(
    _ options: ConnectionOptions,
    _ environment: [String: String]
  ) throws -> (id: String, source: String)? {
    if options.usesSimulator { return nil }
    let variable = "MONGODB_ATLAS_ORG_ID"
    if let id = environment[variable], !id.isEmpty { return (id, variable) }
    let isFromProfile =
      options.profile != nil || CredentialSource(environment: environment).isEmpty
    guard isFromProfile, let (profile, _) = try profile(options, environment),
      let id = profile.fields["org_id"]
    else { return nil }
    return (id, "the profile \(profile.name)")
  }
}
