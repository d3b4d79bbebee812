import GodwitCore

/// Judges one notification of a body as Atlas would, and makes of it what is to be stored.
///
/// A `notifierId` stands for what is stored under it: secrets that are left out are kept. Source:
/// terraform-provider-mongodbatlas issues 1074 and 1514.
struct NotificationJudge {
  /// What a notification amounts to.
  struct Verdict {
    /// What is to be stored, with a new `notifierId`.
    var document: JSONObject
    /// Whether a mask of Atlas' is stored as though it were a secret.
    var storesMask = false
    /// Whether Atlas found the integration by itself, by its credentials.
    var foundIntegration = false
  }

  /// Whether the API that is spoken knows notifications through FLOWDOCK.
  let takesFlowdock: Bool
  /// The notifications of the configuration that is replaced, by `notifierId`.
  let stored: [String: JSONObject]
  /// The project's integrations by type.
  let integrations: [String: IntegrationRow]
  let makeID: () -> String

  func verdict(_ given: JSONObject) throws(APIError) -> Verdict {
    guard let typeName = given["typeName"] else { throw .missing("typeName") }
    guard let name = typeName.stringValue, let rule = NotificationRules.rule(for: name),
      name != "FLOWDOCK" || takesFlowdock
    else { throw .unsupportedNotification(typeName.stringValue ?? "") }
    let old = try storedNotification(given, name)
    if name == "HIP_CHAT", old == nil { throw .discontinued(name) }
    var verdict = Verdict(document: ["typeName": typeName])
    var cleared: Set<String> = []
    for (name, value) in given where !Self.identifiers.contains(name) {
      if value == .null {
        cleared.insert(name)
        continue
      }
      if try checkTiming(name, value) {
        if name != "intervalMin" || rule.hasInterval { verdict.document[name] = value }
        continue
      }
      guard let field = rule.field(name) else { throw .invalidAttribute(name) }
      try check(value, of: field, rule)
      if field.isMask(value) { verdict.storesMask = true }
      verdict.document[name] = value
    }
    let source = try integration(given, rule, old)
    fill(&verdict.document, rule, cleared, old: old, from: source)
    if name == "TEAM" { nameTeam(&verdict.document, old) }
    try complete(&verdict.document, rule)
    verdict.foundIntegration = link(&verdict.document, rule, given, old)
    verdict.document["notifierId"] = .string(makeID())
    return verdict
  }

  /// The name of a team is the server's to say: it stays while the id does.
  private func nameTeam(_ document: inout JSONObject, _ old: JSONObject?) {
    let known = ([old].compactMap { $0 } + Array(stored.values)).first {
      $0["teamId"] == document["teamId"] && $0["teamName"] != nil
    }
    document["teamName"] = known?["teamName"]
  }

  private static let identifiers: Set<String> = ["typeName", "notifierId", "integrationId"]

  /// What is stored under the `notifierId` of a notification, which must be of the same type.
  ///
  /// Source: changing the type of an existing notification is refused
  /// (terraform-provider-mongodbatlas issue 3869).
  private func storedNotification(
    _ given: JSONObject,
    _ typeName: String
  ) throws(APIError) -> JSONObject? {
    guard let id = given["notifierId"], id != .null else { return nil }
    guard let old = id.stringValue.flatMap({ stored[$0] }) else {
      throw .invalidAttribute("notifierId")
    }
    guard old["typeName"]?.stringValue == typeName else { throw .invalidAttribute("typeName") }
    return old
  }

  /// Checks `delayMin` and `intervalMin`; `false` for any other field.
  private func checkTiming(_ name: String, _ value: JSONValue) throws(APIError) -> Bool {
    guard name == "delayMin" || name == "intervalMin" else { return false }
    guard let minutes = value.int64Value, minutes <= Int32.max else {
      throw .invalidAttribute(name)
    }
    if name == "intervalMin", minutes < 5 { throw .intervalOutOfRange }
    if minutes < 0 { throw .invalidAttribute(name) }
    return true
  }

  private func check(
    _ value: JSONValue,
    of field: FieldRule,
    _ rule: NotificationRule
  ) throws(APIError) {
    do throws(APIError) {
      try FieldCheck(type: rule.typeName, field: field).check(value)
    } catch {
      guard error.code == "INVALID_INTEGRATION_SETTINGS" else { throw error }
      throw rule.isThirdParty ? Self.invalidKey(rule.typeName) : .invalidAttribute(field.name)
    }
  }

  /// Source: terraform-provider-mongodbatlas issues 1001, 1049 and 1086.
  private static func invalidKey(_ typeName: String) -> APIError {
    switch typeName {
    case "DATADOG": .invalidDatadogKey
    case "PAGER_DUTY": .invalidPagerDutyKey
    default: .integrationFieldsInvalid
    }
  }

  /// The integration whose credentials a new notification takes: the one that it names, and the
  /// webhook's even if it names none.
  private func integration(
    _ given: JSONObject,
    _ rule: NotificationRule,
    _ old: JSONObject?
  ) throws(APIError) -> IntegrationRow? {
    let current = integrations[rule.typeName]
    guard let id = given["integrationId"], id != .null else {
      return rule.typeName == "WEBHOOK" ? current : nil
    }
    guard rule.isThirdParty else { throw .invalidAttribute("integrationId") }
    if let current, id == .string(current.id) { return current }
    // One that dangles since the integration got a new id is taken where it stood before.
    guard id == old?["integrationId"] else { throw .invalidAttribute("integrationId") }
    return nil
  }

  private func fill(
    _ document: inout JSONObject,
    _ rule: NotificationRule,
    _ cleared: Set<String>,
    old: JSONObject?,
    from source: IntegrationRow?
  ) {
    let copy = source.map { rule.copy(of: $0.document) }
    for field in rule.fields.map(\.rule)
    where document[field.name] == nil && !cleared.contains(field.name) {
      if let old {
        if field.exposure != .clear { document[field.name] = old[field.name] }
      } else {
        document[field.name] = copy?[field.name]
      }
    }
  }

  private func complete(
    _ document: inout JSONObject,
    _ rule: NotificationRule
  ) throws(APIError) {
    if document["delayMin"] == nil { document["delayMin"] = 0 }
    for field in rule.fields.map(\.rule) where document[field.name] == nil {
      if let standard = field.standard {
        document[field.name] = standard
      } else if field.isRequired {
        throw field.name == "webhookUrl" ? .webhookURLNotSet : .missing(field.name)
      }
    }
  }

  /// Notes which integration a notification goes through: the one it names, else the one that has
  /// its credentials, else the one it had.
  ///
  /// - Returns: whether Atlas found it by itself.
  private func link(
    _ document: inout JSONObject,
    _ rule: NotificationRule,
    _ given: JSONObject,
    _ old: JSONObject?
  ) -> Bool {
    guard rule.isThirdParty else { return false }
    if let id = given["integrationId"], id != .null {
      document["integrationId"] = id
      return false
    }
    if let current = integrations[rule.typeName],
      rule.hasCredentials(document, of: current.document)
    {
      document["integrationId"] = .string(current.id)
      return true
    }
    document["integrationId"] = old?["integrationId"]
    return false
  }
}
