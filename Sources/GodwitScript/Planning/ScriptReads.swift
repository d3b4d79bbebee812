public import GodwitCore

/// How a script's reads reach Atlas: functions that can read and cannot write.
public struct ScriptReads: Sendable {
  /// What a read comes to.
  public typealias Answer<Value: Sendable> = Result<Value, ScriptReadError>

  /// All integrations of a project.
  public var integrations: @Sendable (ProjectID) async -> Answer<[Integration]>
  /// The integration of a type; `nil` if there is none.
  public var integration: @Sendable (ProjectID, IntegrationType) async -> Answer<Integration?>
  /// All alert configurations of a project; through API v1.0 if so asked, which shows
  /// notifications that v2 does not know.
  public var alerts: @Sendable (ProjectID, _ isLegacy: Bool) async -> Answer<[AlertConfiguration]>
  /// An alert configuration; `nil` if there is none of the id.
  public var alert: @Sendable (ProjectID, AlertConfigurationID) async -> Answer<AlertConfiguration?>
  /// What a GET of a path answers, secrets masked; below a project, or below the API's root.
  public var get:
    @Sendable (ProjectID?, _ path: String, [String: String]) async -> Answer<JSONValue>

  /// Puts the functions together.
  public init(
    integrations: @escaping @Sendable (ProjectID) async -> Answer<[Integration]>,
    integration:
      @escaping @Sendable (ProjectID, IntegrationType) async -> Answer<Integration?>,
    alerts: @escaping @Sendable (ProjectID, Bool) async -> Answer<[AlertConfiguration]>,
    alert:
      @escaping @Sendable (ProjectID, AlertConfigurationID) async -> Answer<AlertConfiguration?>,
    get: @escaping @Sendable (ProjectID?, String, [String: String]) async -> Answer<JSONValue>
  ) {
    self.integrations = integrations
    self.integration = integration
    self.alerts = alerts
    self.alert = alert
    self.get = get
  }

  /// All alert configurations, those that only API v1.0 shows in full among them.
  func allAlerts(of project: ProjectID) async -> Answer<[AlertConfiguration]> {
    switch await alerts(project, false) {
    case .failure(let error): .failure(error)
    case .success(let configurations):
      await alerts(project, true).map { AlertConfiguration.merging(configurations, legacy: $0) }
    }
  }
}

extension IntegrationType {
  /// Whether only an older generation of the API than v2 knows it.
  var isLegacy: Bool { IntegrationRules.generation(for: self, chosen: .v2) != .v2 }
}
