import GodwitCore

/// Judges the body of a POST or PUT of an alert configuration as Atlas would.
struct AlertJudge {
  /// What a body amounts to.
  struct Verdict {
    /// What is to be stored, without `id`, `created` and `updated`.
    var document: JSONObject
    var storesMask: Bool
    /// The `notifierId`s whose integration Atlas found by itself.
    var found: Set<String>
  }

  /// The most that a configuration may have (OpenAPI description).
  static let maximumNotifications = 25
  /// The most that a project may have; Atlas' own number is not known.
  static let maximumConfigs = 1000

  private static let readOnly: Set<String> = ["id", "groupId", "created", "updated", "links"]
  private static let severities = ["INFO", "WARNING", "ERROR", "CRITICAL"]
  private static let matcherOperators = [
    "EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "STARTS_WITH", "ENDS_WITH", "REGEX",
  ]

  let notifications: NotificationJudge

  /// Judges a body; what only Atlas makes is ignored in it, since clients send back what they read.
  func verdict(_ body: JSONObject) throws(APIError) -> Verdict {
    var document: JSONObject = ["enabled": false, "matchers": []]
    for (name, value) in body where !Self.readOnly.contains(name) && name != "notifications" {
      if value == .null { continue }
      try Self.check(name, value)
      document[name] = value
    }
    guard let event = document["eventTypeName"]?.stringValue else {
      throw .missing("eventTypeName")
    }
    if event == "OUTSIDE_METRIC_THRESHOLD", document["metricThreshold"] == nil {
      throw .missing("metricThreshold")
    }
    var verdict = Verdict(document: document, storesMask: false, found: [])
    try judge(body["notifications"], &verdict)
    return verdict
  }

  private func judge(_ value: JSONValue?, _ verdict: inout Verdict) throws(APIError) {
    guard let value, value != .null else { throw .missingNotifications }
    guard let given = value.arrayValue else { throw .invalidAttribute("notifications") }
    guard !given.isEmpty else { throw .missingNotifications }
    guard given.count <= Self.maximumNotifications else {
      throw .tooManyNotifications(Self.maximumNotifications)
    }
    var documents: [JSONValue] = []
    for element in given {
      guard let object = element.objectValue else { throw .invalidAttribute("notifications") }
      let judged = try notifications.verdict(object)
      if judged.storesMask { verdict.storesMask = true }
      if judged.foundIntegration, let id = judged.document["notifierId"]?.stringValue {
        verdict.found.insert(id)
      }
      documents.append(.object(judged.document))
    }
    verdict.document["notifications"] = .array(documents)
  }

  private static func check(_ name: String, _ value: JSONValue) throws(APIError) {
    switch name {
    case "eventTypeName":
      guard let text = value.stringValue else { throw .invalidAttribute(name) }
      let isName = text.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
      guard isName, !text.isEmpty else { throw .invalidEnumValue(text, of: name) }
    case "enabled":
      guard value.boolValue != nil else { throw .invalidAttribute(name) }
    case "severityOverride": try checkWord(value, of: severities, name)
    case "matchers": try checkMatchers(value)
    case "metricThreshold", "threshold": try checkThreshold(value, name)
    default: throw .invalidAttribute(name)
    }
  }

  private static func checkWord(
    _ value: JSONValue,
    of words: [String],
    _ name: String
  ) throws(APIError) {
    guard let text = value.stringValue else { throw .invalidAttribute(name) }
    guard words.contains(text) else { throw .invalidEnumValue(text, of: name) }
  }

  private static func checkMatchers(_ value: JSONValue) throws(APIError) {
    guard let elements = value.arrayValue else { throw .invalidAttribute("matchers") }
    for element in elements {
      guard let matcher = element.objectValue else { throw .invalidAttribute("matchers") }
      for name in ["fieldName", "operator", "value"] {
        guard let given = matcher[name] else { throw .missing(name) }
        guard given.stringValue != nil else { throw .invalidAttribute(name) }
      }
      if let given = matcher["operator"] { try checkWord(given, of: matcherOperators, "operator") }
      if let odd = matcher.keys.first(where: { !["fieldName", "operator", "value"].contains($0) }) {
        throw .invalidAttribute(odd)
      }
    }
  }

  private static func checkThreshold(_ value: JSONValue, _ name: String) throws(APIError) {
    guard let threshold = value.objectValue else { throw .invalidAttribute(name) }
    let isMetric = name == "metricThreshold"
    if isMetric, threshold["metricName"] == nil { throw .missing("metricName") }
    for (key, value) in threshold {
      switch key {
      case "threshold":
        guard case .number = value else { throw .invalidAttribute(key) }
      case "operator": try checkWord(value, of: ["GREATER_THAN", "LESS_THAN"], key)
      case "units" where value.stringValue != nil: break
      case "metricName" where isMetric && value.stringValue != nil: break
      case "mode" where isMetric: try checkWord(value, of: ["AVERAGE"], key)
      default: throw .invalidAttribute(key)
      }
    }
  }
}
