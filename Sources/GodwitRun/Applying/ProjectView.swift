internal import GodwitCore

/// What Atlas shows of one resource.
struct ShownImage: Sendable, Hashable {
  /// The fields, secrets masked.
  var fields: JSONObject
  /// What is new with every PUT: the id of an integration, the `notifierId`s of an alert
  /// configuration; `nil` where there is no such thing.
  var stamp: String?
}

/// What of a project has to be read to check its plan and to go on with it.
struct ReadNeeds: Sendable, Hashable {
  /// Whether the list of integrations is needed.
  var integrations = false
  /// Types that the list does not show, read one by one.
  var unlisted: Set<IntegrationType> = []
  /// Whether the list of alert configurations is needed.
  var alerts = false
  /// Whether it is needed as API v1.0 shows it too, for notifications that v2 does not know.
  var legacyAlerts = false
  /// The paths below the project.
  var paths: Set<String> = []

  /// What a project's operations and reads depend on.
  init(_ record: ProjectRecord) {
    let reads = record.plan.reads
    let operations = record.operations.map(\.operation)
    var types = Set(reads.images.keys)
    types.formUnion(operations.compactMap(\.target.integrationType))
    unlisted = types.filter { IntegrationRules.generation(for: $0, chosen: .v2) != .v2 }
    alerts = reads.needsAlerts || operations.contains { $0.target.alert != nil }
    legacyAlerts =
      reads.alertsThrough.contains { IntegrationRules.generation(for: $0, chosen: .v2) != .v2 }
      || operations.contains { $0.target.alert?.isLegacy == true }
    // Notifications name the integration by its id of the moment.
    integrations = reads.isEverything || alerts || !types.isSubset(of: unlisted)
    for case .path(let path) in operations.compactMap(\.resource) { paths.insert(path) }
    paths.formUnion(reads.paths.keys)
  }
}

/// What Atlas shows of a project at a moment, as far as its plan depends on it.
struct ProjectView: Sendable {
  var integrations: [IntegrationType: Integration] = [:]
  var alerts: [AlertConfigurationID: AlertConfiguration] = [:]
  var paths: [String: JSONObject] = [:]

  init(
    integrations: [Integration] = [],
    alerts: [AlertConfiguration] = [],
    paths: [String: JSONObject] = [:]
  ) {
    self.integrations = Dictionary(
      integrations.map { ($0.type, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    self.alerts = Dictionary(
      alerts.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    self.paths = paths
  }

  /// A resource as it is now; `nil` if it is not there.
  func shown(_ resource: Resource) -> ShownImage? {
    switch resource {
    case .integration(let type):
      integrations[type].map { ShownImage(fields: $0.fields, stamp: $0.stamp) }
    case .alert(let id): alerts[id].map(ShownImage.init)
    case .path(let path): paths[path].map { ShownImage(fields: $0, stamp: nil) }
    }
  }

  /// The resources that a plan with these reads depends on as they are now.
  func resources(of reads: ReadSet) -> Set<Resource> {
    var result = reads.resources
    if reads.isEverything { result.formUnion(integrations.keys.map(Resource.integration)) }
    for alert in alerts.values where !alert.integrationTypes.isDisjoint(with: reads.alertsThrough) {
      result.insert(.alert(alert.id))
    }
    return result
  }

  /// Lays what the answer to a write showed over it.
  mutating func note(_ answer: WriteAnswer, to operation: Operation) {
    switch (answer, operation.resource) {
    case (.integration(let integration), .integration(let type)?):
      integrations[type] = integration
    case (.alert(let alert?), _): alerts[alert.id] = alert
    case (.alert(nil), .alert(let id)?): alerts[id] = nil
    case (.reply(let reply), .path(let path)?):
      paths[path] = operation.verb == .delete ? nil : reply ?? operation.after
    default: break
    }
  }
}

extension ShownImage {
  init(_ alert: AlertConfiguration) {
    let ids = alert.notifierIDs.sorted { $0.bytesPrecede($1) }
    self.init(fields: alert.fields, stamp: ids.isEmpty ? nil : ids.joined(separator: ","))
  }
}

/// What Atlas answered to a write that it made.
enum WriteAnswer: Sendable, Hashable {
  /// The integration as it is then; `nil` after a delete, or if the answer did not show it.
  case integration(Integration?)
  /// The alert configuration as it is then; `nil` after a delete, or if the answer did not show it.
  case alert(AlertConfiguration?)
  /// The answer to any other request; `nil` if it had no body.
  case reply(JSONObject?)

  /// What is kept of it in the journal; the id is part of it where a later operation may need it.
  var image: JSONObject? {
    switch self {
    case .integration(let integration): integration?.fields
    case .alert(let alert): alert.map { $0.fields.merging(["id": .string($0.id.text)]) }
    case .reply(let reply): reply
    }
  }

  /// Whether it shows what was written.
  var isShown: Bool {
    switch self {
    case .integration(let integration): integration != nil
    case .alert(let alert): alert != nil
    case .reply: true
    }
  }
}
