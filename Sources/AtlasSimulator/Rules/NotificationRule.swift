import GodwitCore

/// What the simulator knows of one type of notification.
struct NotificationRule: Sendable {
  /// A field, with the field of the integration that it is a copy of.
  struct Field: Sendable {
    let source: String?
    let rule: FieldRule

    init(_ source: String?, _ rule: FieldRule) {
      self.source = source
      self.rule = rule
    }
  }

  let typeName: String
  /// Whether it goes through the integration of its name.
  var isThirdParty = true
  let fields: [Field]
  /// Whether a notification keeps an `intervalMin`.
  var hasInterval = true

  func field(_ name: String) -> FieldRule? {
    fields.first { $0.rule.name == name }?.rule
  }

  /// A notification with copies of an integration's fields.
  func copy(of integration: JSONObject) -> JSONObject {
    var copy: JSONObject = ["typeName": .string(typeName)]
    for field in fields {
      if let source = field.source { copy[field.rule.name] = integration[source] }
    }
    return copy
  }

  /// Whether a notification holds the credentials that an integration has now.
  func hasCredentials(_ notification: JSONObject, of integration: JSONObject) -> Bool {
    fields.allSatisfy { field in
      guard let source = field.source, field.rule.exposure != .clear else { return true }
      return notification[field.rule.name] == integration[source]
    }
  }

  /// A stored notification as a generation answers it.
  func shown(
    _ notification: JSONObject,
    in generation: Generation,
    _ masking: SimulatorConfiguration.V1Masking
  ) -> JSONObject {
    var shown = notification
    for field in fields.map(\.rule) {
      guard let value = notification[field.name] else { continue }
      shown[field.name] =
        generation == .v2 ? field.shown(value) : field.shownInV1(value, of: typeName, masking)
    }
    return shown
  }
}
