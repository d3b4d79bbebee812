internal import GodwitCore

/// One notification as a script wants it: what is sent of it, and what Atlas will show.
///
/// A field that Atlas masks is left out beside the `notifierId` it was read with: Atlas keeps what
/// it stored. Source: terraform-provider-mongodbatlas issues 1074 and 1514.
struct NotificationBody {
  /// What is sent, secrets as references.
  private(set) var body: JSONObject = [:]
  /// What Atlas will show.
  private(set) var after: JSONObject = [:]
  /// Secrets that were supplied and show the same already.
  private(set) var unchanged: [UnchangedSecret] = []
  /// Secrets that are sent, of which nobody can tell whether they differ.
  private(set) var unknowable: [FieldChange] = []

  private let place: String
  private let policy: DraftPolicy
  private let rule: NotificationRule?
  private let stored: JSONObject?

  /// Fields that Atlas shows beside what was sent, and takes from nobody.
  private static let readOnly: Set<String> = ["teamName"]

  /// Checks a notification and takes it apart.
  ///
  /// - Parameters:
  ///   - wanted: the notification.
  ///   - place: how messages name it.
  ///   - stored: the configuration's notifications as they were read.
  ///   - policy: what is known of the secrets.
  ///   - isConfigured: whether the project has the integration of a type.
  /// - Throws: ``ScriptComplaint`` that names the field.
  init(
    _ wanted: JSONObject,
    place: String,
    stored: [JSONObject],
    policy: DraftPolicy,
    isConfigured: (IntegrationType) -> Bool
  ) throws(ScriptComplaint) {
    self.place = place
    self.policy = policy
    rule = NotificationRules.rule(of: wanted)
    self.stored = try Self.partner(of: wanted, in: stored, place)
    try checkType(wanted)
    for (name, value) in wanted where !Self.readOnly.contains(name) {
      try take(name, value)
    }
    for name in Self.readOnly { after[name] = self.stored?[name] }
    if rule?.takesInterval == false { body["intervalMin"] = nil }
    try checkComplete(wanted, isConfigured)
  }

  /// The stored notification that a `notifierId` names.
  private static func partner(
    of wanted: JSONObject,
    in stored: [JSONObject],
    _ place: String
  ) throws(ScriptComplaint) -> JSONObject? {
    guard let id = wanted["notifierId"] else { return nil }
    guard let partner = stored.first(where: { $0["notifierId"] == id }) else {
      throw ScriptComplaint(
        "\(place).notifierId is not one of this configuration's",
        advice: "leave notifierId out of a new notification"
      )
    }
    guard partner["typeName"] == wanted["typeName"] else {
      throw ScriptComplaint(
        "\(place) changes the typeName of a notification that exists, which Atlas refuses",
        advice: "leave out its notifierId: then it is a new one in its place"
      )
    }
    return partner
  }

  private func checkType(_ wanted: JSONObject) throws(ScriptComplaint) {
    guard let name = wanted["typeName"]?.stringValue else {
      throw ScriptComplaint("\(place) needs typeName", advice: "for example \"EMAIL\"")
    }
    guard let rule else {
      guard stored == nil, !policy.allowsUnknownFields else { return }
      let advice = Suggestion.advice(for: name, in: NotificationRules.typeNames)
      throw ScriptComplaint(
        "unknown type of notification \"\(name)\" in \(place)",
        advice: "\(advice) (--allow-unknown-fields lets it through)"
      )
    }
    guard rule.isCreatable || stored != nil else {
      throw ScriptComplaint("\(place): \(name) cannot be made anew: the service has ended")
    }
  }

  private mutating func take(_ name: String, _ value: JSONValue) throws(ScriptComplaint) {
    let field = rule?.field(name)
    switch value {
    case .masked(let masked):
      guard let stored else {
        throw ScriptComplaint(
          "\(place).\(name) is the masked value \(masked), and there is no notifierId beside it",
          advice: "give a secret parameter, or leave the notification as it was read"
        )
      }
      guard stored[name] == value else {
        throw FieldCheck(owner: place).maskComplaint(name, "\(masked)")
      }
      after[name] = value
    case _ where value == stored?[name] && !value.holdsOpaque:
      body[name] = value
      after[name] = value
    case .secret(let reference) where field?.secret != nil:
      takeSecret(name, reference, field?.secret ?? .tail)
    default:
      try check(name, value, field)
      guard value != .null else { return }
      body[name] = value
      after[name] = value
    }
  }

  private func check(
    _ name: String,
    _ value: JSONValue,
    _ field: FieldRule?
  ) throws(ScriptComplaint) {
    let check = FieldCheck(owner: place)
    if let field { return try check.check(value, of: field) }
    let known = (rule?.fields ?? []) + NotificationRules.common
    try check.checkUnknown(
      name,
      value,
      known: known.map(\.name),
      isAllowed: policy.allowsUnknownFields
    )
  }

  private mutating func takeSecret(
    _ name: String,
    _ reference: SecretReference,
    _ display: SecretDisplay
  ) {
    let fingerprint = policy.fingerprints[reference.name]
    let before = stored?[name]
    let preview = fingerprint.flatMap { display.preview(of: $0) }.map(JSONValue.masked)
    let shown = preview ?? .secret(reference)
    let isSame = fingerprint.flatMap { print in before?.maskedValue.flatMap { $0.matches(print) } }
    if isSame == true, let tail = before?.maskedValue?.shownTail {
      unchanged.append(
        UnchangedSecret(
          type: rule?.integration ?? "NOTIFICATION",
          field: "\(place).\(name)",
          tail: tail
        )
      )
      if !policy.rewritesSecrets {
        after[name] = before
        return
      }
    }
    body[name] = .secret(reference)
    after[name] = shown
    if before != nil, isSame == nil || isSame == true {
      unknowable.append(
        FieldChange(
          field: "notifications[\(rule?.typeName ?? "?")].\(name)",
          before: before,
          after: shown,
          isUnknowable: isSame == nil
        )
      )
    }
  }

  /// Checks that everything is there that Atlas requires and has not got.
  private func checkComplete(
    _ wanted: JSONObject,
    _ isConfigured: (IntegrationType) -> Bool
  ) throws(ScriptComplaint) {
    guard let rule else { return }
    let missing = rule.fields.filter { field in
      guard field.isRequired, after[field.name] == nil else { return false }
      // What Atlas stored stays as it is, if it was not cleared: it may hide a secret, and may have
      // taken a notification without a field that it asks of new ones.
      return stored?[field.name] != nil && field.secret == nil || stored == nil
        || wanted[field.name] == .null
    }
    guard !missing.isEmpty else { return }
    let names = missing.map(\.name).joined(separator: ", ")
    guard let type = rule.integration else {
      throw ScriptComplaint("\(place) needs \(names)")
    }
    // Without credentials Atlas takes those of the project's integration.
    if stored == nil, isConfigured(type), NotificationRules.isWithoutCredentials(wanted, rule) {
      return
    }
    throw ScriptComplaint(
      "\(place) needs \(names)",
      advice: "give a secret parameter, or configure \(type) in the project and leave it out"
    )
  }
}
