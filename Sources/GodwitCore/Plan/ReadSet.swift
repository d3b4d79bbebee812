/// What a script depended on, as it was when it was planned.
public struct ReadSet: Sendable, Hashable {
  /// Whether the script looked at all integrations, so that a new one is drift too.
  public var isEverything: Bool
  /// The image of each type that was looked at; `nil` for one that was not configured.
  public var images: [IntegrationType: JSONObject?]
  /// The image of each alert configuration that was used; `nil` for one that was not there.
  public var alerts: [AlertConfigurationID: JSONObject?] = [:]
  /// The integration types of which all alert configurations through them were wanted, so that a
  /// new one is drift too.
  public var alertsThrough: Set<IntegrationType> = []
  /// All alert configurations of the project, where the plan makes a new one: what is not among
  /// them came since.
  public var knownAlerts: Set<AlertConfigurationID> = []
  /// What a GET of each path that is written to answered; `nil` if there was nothing.
  public var paths: [String: JSONObject?] = [:]

  /// Makes a set.
  public init(isEverything: Bool = false, images: [IntegrationType: JSONObject?] = [:]) {
    self.isEverything = isEverything
    self.images = images
  }

  /// Whether nothing was read.
  public var isEmpty: Bool {
    !isEverything && images.isEmpty && alerts.isEmpty && alertsThrough.isEmpty && paths.isEmpty
      && knownAlerts.isEmpty
  }

  /// Whether it takes the list of integrations to check it.
  public var needsIntegrations: Bool { isEverything || !images.isEmpty }

  /// Whether it takes the list of alert configurations to check it.
  public var needsAlerts: Bool {
    !alerts.isEmpty || !alertsThrough.isEmpty || !knownAlerts.isEmpty
  }

  /// All that was looked at by name.
  public var resources: Set<Resource> {
    Set(images.keys.map(Resource.integration))
      .union(alerts.keys.map(Resource.alert))
      .union(paths.keys.map(Resource.path))
  }

  /// The image of a resource; `nil` if it was not there, or not looked at.
  public func image(of resource: Resource) -> JSONObject? {
    switch resource {
    case .integration(let type): images[type] ?? nil
    case .alert(let id): alerts[id] ?? nil
    case .path(let path): paths[path] ?? nil
    }
  }

  /// Both together; where both have an image, the newer one counts.
  public func merging(_ newer: ReadSet) -> ReadSet {
    var result = self
    result.isEverything = isEverything || newer.isEverything
    result.images.merge(newer.images) { $1 }
    result.alerts.merge(newer.alerts) { $1 }
    result.paths.merge(newer.paths) { $1 }
    result.alertsThrough.formUnion(newer.alertsThrough)
    result.knownAlerts.formUnion(newer.knownAlerts)
    return result
  }

  /// What differs between what was read then and what is there now, one phrase a difference.
  ///
  /// - Parameter current: all integrations of the project as they are now.
  /// - Returns: for example `DATADOG.region was "US", is "EU"`.
  public func drift(to current: [Integration]) -> [String] {
    let now = Dictionary(
      current.map { ($0.type, $0.fields) },
      uniquingKeysWith: { first, _ in first }
    )
    var types = Set(images.keys)
    if isEverything { types.formUnion(now.keys) }
    return types.sorted().flatMap { drift(of: .integration($0), to: now[$0]) }
  }

  /// How one resource differs from what was read.
  ///
  /// - Parameters:
  ///   - resource: what was looked at.
  ///   - now: its image now; `nil` if it is not there.
  ///   - notifierIDs: the `notifierId`s that an operation is going to send.
  /// - Returns: one phrase a difference.
  public func drift(
    of resource: Resource,
    to now: JSONObject?,
    notifierIDs: Set<String> = []
  ) -> [String] {
    switch (image(of: resource), now) {
    case (nil, nil): []
    case (nil, _?): ["\(resource) was not \(Self.state(resource)), and is now"]
    case (_?, nil): ["\(resource) was \(Self.state(resource)), and is not any more"]
    case (let before?, let now?):
      Self.changes(resource, before, now, notifierIDs).map { change in
        let (old, new) = (Self.shown(change.before), Self.shown(change.after))
        return "\(resource).\(change.field) was \(old), is \(new)"
      }
    }
  }

  private static func changes(
    _ resource: Resource,
    _ before: JSONObject,
    _ now: JSONObject,
    _ notifierIDs: Set<String>
  ) -> [FieldChange] {
    if case .alert = resource {
      return AlertComparison.changes(from: before, to: now, notifierIDs: notifierIDs)
    }
    return ImageComparison.differences(before, now).map { field in
      FieldChange(field: field, before: before[field], after: now[field])
    }
  }

  private static func state(_ resource: Resource) -> String {
    if case .integration = resource { "configured" } else { "there" }
  }

  private static func shown(_ value: JSONValue?) -> String {
    switch value {
    case nil: "absent"
    case .masked(let masked)?: masked.description
    case let value?: value.encodedString()
    }
  }
}
