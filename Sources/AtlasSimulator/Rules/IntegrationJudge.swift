import GodwitCore

/// Judges the body of a POST or PUT as Atlas would, and makes of it what is to be stored.
///
/// Codes are those of Atlas' table of error codes; where it does not say which one fits, the choice
/// is in the documentation of the simulator.
struct IntegrationJudge {
  /// What a body amounts to.
  struct Verdict: Equatable {
    /// What is to be stored, without `id`.
    var document: JSONObject
    /// Whether a mask of Atlas' is stored as though it were a secret: corruption.
    var storesMask: Bool
  }

  let rule: TypeRule
  let putSemantics: SimulatorConfiguration.PutSemantics
  var generation = Generation.v2

  /// Judges the body of a POST.
  func verdict(creating body: JSONObject) throws(APIError) -> Verdict {
    switch rule.writing {
    // Through v1.0 a token was typed, which is what legacy means.
    case .oauth: throw generation == .v2 ? .slackNotConfigured : .legacySlack
    case .discontinued: throw .discontinued(rule.type)
    case .free: break
    }
    return try complete(try checkedMembers(of: body), over: JSONObject())
  }

  /// Judges the body of a PUT over what is stored, or over nothing.
  func verdict(replacing stored: JSONObject?, with body: JSONObject) throws(APIError) -> Verdict {
    switch rule.writing {
    case .discontinued: throw .discontinued(rule.type)
    case .oauth:
      return try SlackJudge(rule: rule, putSemantics: putSemantics, generation: generation)
        .verdict(replacing: stored, with: body)
    case .free: break
    }
    let members = try checkedMembers(of: body)
    var base = JSONObject()
    if let stored {
      for (name, value) in stored where putSemantics == .merge || isKept(name) {
        base[name] = value
      }
    }
    return try complete(members, over: base)
  }

  /// Whether a PUT leaves a stored field alone that its body does not have: what this generation
  /// does not know it does not reset.
  private func isKept(_ name: String) -> Bool {
    rule.field(name)?.isKept ?? (generation != .v2)
  }

  /// The members of a body that count, each of a legal value; `null` stays, as a wish to clear.
  func checkedMembers(of body: JSONObject) throws(APIError) -> JSONObject {
    guard let type = body["type"] else { throw .missing("type") }
    guard type == .string(rule.type) else { throw .invalidAttribute("type") }
    var members = JSONObject()
    for (name, value) in body where name != "type" && name != "id" {
      guard let field = rule.field(name) else {
        if value == .null, rule.nullFields.contains(name) { continue }
        throw .invalidAttribute(name)
      }
      if value != .null {
        try FieldCheck(type: rule.type, field: field, generation: generation).check(value)
      }
      members[name] = value
    }
    return members
  }

  private func complete(
    _ members: JSONObject,
    over base: JSONObject
  ) throws(APIError) -> Verdict {
    var document = base
    var storesMask = false
    for (name, value) in members {
      document[name] = value == .null ? nil : value
      if rule.field(name)?.isMask(value) == true { storesMask = true }
    }
    for field in rule.fields where document[field.name] == nil {
      if let standard = field.standard {
        document[field.name] = standard
      } else if field.isRequired, !(field.isNullable && members[field.name] != nil) {
        throw .missing(field.name)
      }
    }
    for name in rule.unstoredFields { document[name] = nil }
    if generation != .v2, let whole = TypeRules.rule(for: rule.type) {
      for field in whole.fields where document[field.name] == nil {
        document[field.name] = field.standard
      }
    }
    document["type"] = .string(rule.type)
    return Verdict(document: document, storesMask: storesMask)
  }
}
