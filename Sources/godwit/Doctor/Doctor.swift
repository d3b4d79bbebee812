import Foundation
import GodwitAtlas
import GodwitCore
import GodwitReport
import GodwitRun

/// Looks at everything that has to be right before a run, from here to Atlas; writes nothing.
struct Doctor {
  /// Where to look.
  let connection: ConnectionOptions
  /// The environment.
  let environment: [String: String]
  /// The files that settings are in.
  let settingsFiles: [String]
  /// The seconds since 1970 on this machine.
  var clock: @Sendable () -> TimeInterval = { Date().timeIntervalSince1970 }

  /// Looks at one thing after the other; what depends on something that fails is left out.
  func examine() async -> Examination {
    var examination = Examination(tool: "godwit \(Godwit.version)")
    examination.findings.append(settingsFinding())
    let session: AtlasSession
    do {
      if !connection.usesSimulator {
        let access = try AtlasAccess(connection, environment: environment)
        examination.findings += Self.findings(of: access)
        examination.source = access.source
      }
      session = try await AtlasSession.open(connection)
    } catch {
      examination.findings.append(Self.finding("credentials", error))
      return examination
    }
    examination.baseURL = session.baseURL
    examination.credential = "\(session.credential.kind) ****\(session.credential.tail)"
    if let world = session.world {
      examination.source = "the simulator"
      examination.findings.append(
        Examination.Finding("credentials", .ok, "the simulator's own, of the world \(world.file)")
      )
    }
    await examine(session, &examination)
    await session.close()
    return examination
  }

  private func settingsFinding() -> Examination.Finding {
    var files = settingsFiles
    let profiles = ConfigurationFolders(environment: environment).profilesFile
    if let profiles, FileManager.default.fileExists(atPath: profiles) { files.append(profiles) }
    let variables = environment.keys.filter {
      ($0.hasPrefix("GODWIT_") || $0.hasPrefix("MONGODB_ATLAS_") || $0.hasPrefix("MCLI_"))
        && environment[$0]?.isEmpty == false
    }
    let parts = files + variables.sorted()
    return Examination.Finding(
      "settings",
      .ok,
      parts.isEmpty ? "none: neither files nor variables" : parts.joined(separator: ", ")
    )
  }

  private static func findings(of access: AtlasAccess) -> [Examination.Finding] {
    let credential = access.credential
    var findings = [
      Examination.Finding(
        "credentials",
        .ok,
        "\(credential.kindName) ****\(credential.tail), from \(access.source)"
      )
    ]
    findings.append(
      Examination.Finding(
        "server",
        .ok,
        "\(access.target.baseURL)"
          + (access.targetSource == "Atlas" ? "" : ", from \(access.targetSource)")
      )
    )
    return findings
  }

  /// What a person is told of an error.
  static func finding(_ subject: String, _ error: any Error) -> Examination.Finding {
    let diagnostic =
      switch error {
      case let error as RunError: error.diagnostic
      case let error as AtlasError: RunError(error).diagnostic
      case let error as Diagnostic: error
      default: Diagnostic("\(error)")
      }
    return Examination.Finding(subject, .problem, diagnostic.line, advice: diagnostic.advice)
  }

  // MARK: - Over the network

  private func examine(_ session: AtlasSession, _ examination: inout Examination) async {
    do throws(AtlasError) {
      let before = clock()
      let probe = try await session.connection.probe()
      examination.findings += network(probe, before: before, session.baseURL)
    } catch {
      examination.findings.append(Self.finding("connection", error))
      return
    }
    let reader = AtlasReader(session.connection)
    let standing: CredentialStanding
    var organizations: [Organization]
    var projects: [Project]
    do throws(AtlasError) {
      standing = try await reader.standing()
      examination.findings.append(
        Examination.Finding("access", .ok, "Atlas accepts the credentials, from this address")
      )
      organizations = try await reader.organizations()
      projects = try await reader.projects()
    } catch {
      let subject = error.isAccessListRefusal ? "access list" : "access"
      examination.findings.append(Self.finding(subject, error))
      return
    }
    if let narrowed = narrowing(organizations) {
      examination.findings.append(narrowed.finding)
      projects.removeAll { $0.organization.text != narrowed.id }
      organizations.removeAll { $0.id.text != narrowed.id }
    }
    projects.sort { $0.id < $1.id }
    let known = await self.standing(standing, session, reader, organizations)
    let rights = ProjectRights(known, organizations: organizations, projects: projects)
    examination.organizations = rights.rows
    examination.findings.append(Self.projects(projects, organizations))
    examination.findings.append(rights.finding(of: session.credential.kind))
    examination.findings += Self.accessList(known.accessList)
    examination.findings += secretExpiry(known.secretExpiries)
    examination.findings += await reading(reader, session, projects)
  }

  /// The one organization that commands are narrowed to; `nil` if they are not.
  private func narrowing(
    _ organizations: [Organization]
  ) -> (id: String, finding: Examination.Finding)? {
    guard let (id, source) = try? AtlasAccess.organization(connection, environment) else {
      return nil
    }
    let found = organizations.first { $0.id.text == id }
    guard let found else {
      let names = organizations.prefix(5).map { "\($0.id) (\($0.name))" }
      let finding = Examination.Finding(
        "organization",
        .problem,
        "\(source) narrows commands to \(id), which the credentials do not see",
        advice: names.isEmpty ? "unset it" : "they see \(names.joined(separator: ", "))"
      )
      return (id, finding)
    }
    let finding = Examination.Finding(
      "organization",
      .ok,
      "commands are narrowed to \(found.name) (\(id)), as \(source) says"
    )
    return (id, finding)
  }

  private func network(
    _ probe: AtlasProbe,
    before: TimeInterval,
    _ baseURL: String
  ) -> [Examination.Finding] {
    let milliseconds =
      probe.duration.components.seconds * 1000
      + probe.duration.components.attoseconds / 1_000_000_000_000_000
    let isSecure = baseURL.hasPrefix("https://")
    let wire = isSecure ? "TLS with a certificate that this machine trusts" : "plain http"
    var findings = [
      Examination.Finding(
        "connection",
        .ok,
        "\(baseURL) answers in \(milliseconds) ms, over \(wire)"
      )
    ]
    findings.append(ClockSkew.finding(date: probe.date, before: before, after: clock()))
    return findings
  }

  /// What is known of the credentials: a service account's roles are asked of its organizations.
  private func standing(
    _ standing: CredentialStanding,
    _ session: AtlasSession,
    _ reader: AtlasReader,
    _ organizations: [Organization]
  ) async -> CredentialStanding {
    guard standing.roles == nil, let clientID = session.clientID else { return standing }
    var result = standing
    // An account belongs to one organization; more are seen by the simulator's only.
    for organization in organizations.prefix(10) {
      let own = try? await reader.standing(ofServiceAccount: clientID, in: organization.id)
      guard let own, let roles = own.roles else { continue }
      result.roles = (result.roles ?? []) + roles
      result.hasProjectRoles = own.hasProjectRoles
      result.secretExpiries = own.secretExpiries
    }
    return result
  }

  private static func projects(
    _ projects: [Project],
    _ organizations: [Organization]
  ) -> Examination.Finding {
    guard !projects.isEmpty else {
      return Examination.Finding(
        "projects",
        .warning,
        "the credentials see no project",
        advice: "give them a role in the organization or in projects"
      )
    }
    let count = organizations.count
    return Examination.Finding(
      "projects",
      .ok,
      "\(projects.count) in \(count) organization\(count == 1 ? "" : "s")"
    )
  }
}
