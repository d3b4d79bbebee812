public import GodwitCore

/// What is known of the secrets that a project has its own values of, by parameter name, or why
/// there is none.
public typealias ProjectFingerprints =
  @Sendable (Project) -> [String: Result<SecretFingerprint, Diagnostic>]

/// What decides how writes of a script are judged: the same for all projects of a run.
public struct DraftPolicy: Sendable {
  /// What the migration declared.
  public var may: May
  /// What is known of the secrets, by parameter name; empty for a plan without secrets.
  public var fingerprints: [String: SecretFingerprint]
  /// What is known of the secrets that each project has its own value of.
  public var ownFingerprints: ProjectFingerprints = { _ in [:] }
  /// The secrets that have no value in the project at hand, and why.
  var missingSecrets: [String: Diagnostic] = [:]
  /// Secrets that the operator kept, so that a delete can be taken back.
  public var escrow: [EscrowInput]
  /// Whether fields that the rules do not know may be written.
  public var allowsUnknownFields: Bool
  /// Whether secrets that show the same tail already are sent all the same.
  public var rewritesSecrets: Bool
  /// Whether integrations may be deleted on which the only notifications of alerts go.
  public var acceptsSilentAlerts: Bool
  /// Where people find a project's integrations, with `{id}` for the project's id.
  public var integrationsPage: String

  /// Makes a policy.
  public init(
    may: May,
    fingerprints: [String: SecretFingerprint] = [:],
    escrow: [EscrowInput] = [],
    allowsUnknownFields: Bool = false,
    rewritesSecrets: Bool = false,
    acceptsSilentAlerts: Bool = false,
    integrationsPage: String = "https://cloud.mongodb.com/v2/{id}#/integrations"
  ) {
    self.may = may
    self.fingerprints = fingerprints
    self.escrow = escrow
    self.allowsUnknownFields = allowsUnknownFields
    self.rewritesSecrets = rewritesSecrets
    self.acceptsSilentAlerts = acceptsSilentAlerts
    self.integrationsPage = integrationsPage
  }

  /// Where people find the integrations of a project.
  func integrationsPage(of project: ProjectID) -> String {
    integrationsPage.replacing("{id}", with: project.text)
  }

  /// The policy for one project, with what is known of its own secrets.
  func adapted(to project: Project) -> DraftPolicy {
    var policy = self
    for (name, own) in ownFingerprints(project) {
      switch own {
      case .success(let fingerprint): policy.fingerprints[name] = fingerprint
      case .failure(let diagnostic): policy.missingSecrets[name] = diagnostic
      }
    }
    return policy
  }

  /// How Atlas shows a secret field; fields that the rules do not know are taken to show a tail.
  func display(of field: String, in type: IntegrationType) -> SecretDisplay {
    IntegrationRules.rule(for: type)?.field(field)?.secret ?? .tail
  }

  /// What Atlas will show of a secret that is stored in a field; `nil` if nothing.
  func preview(_ reference: SecretReference, field: String, type: IntegrationType) -> JSONValue? {
    let display = display(of: field, in: type)
    guard let fingerprint = fingerprints[reference.name] else {
      return display == .absent ? nil : .secret(reference)
    }
    return display.preview(of: fingerprint).map(JSONValue.masked)
  }

  /// Whether a secret that a delete takes with it was kept: the tail must fit, where one is shown.
  func isKept(_ type: IntegrationType, _ field: String, _ shown: JSONValue?) -> Bool {
    escrow.contains { kept in
      guard kept.type == type, kept.field == field, let fingerprint = kept.secret.fingerprint
      else { return false }
      guard case .masked(let masked)? = shown else { return true }
      return masked.matches(fingerprint) != false
    }
  }
}
