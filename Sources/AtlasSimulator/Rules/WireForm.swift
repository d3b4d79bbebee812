import GodwitCore

/// The form in which API v2 answers an integration.
enum WireForm {
  /// The JSON text of a stored integration, secrets masked, unset fields as Atlas shows them.
  ///
  /// Keys are in the order of the alphabet, except that WEBHOOK's `type` comes last (recorded
  /// answers).
  static func v2(type: String, id: String, document: JSONObject) -> String {
    var members = JSONObject()
    members["id"] = .string(id)
    let rule = TypeRules.rule(for: type)
    for (name, value) in document {
      members[name] = rule?.field(name).map { $0.shown(value) } ?? value
    }
    if let rule {
      for name in rule.nullFields { members[name] = .null }
      for field in rule.fields where field.isShownUnset && members[field.name] == nil {
        members[field.name] = .null
      }
      if rule.hasTypeLast {
        members["type"] = nil
        let head = members.isEmpty ? "{" : "\(String(json: .object(members)).dropLast()),"
        return "\(head)\"type\":\(String(json: .string(type)))}"
      }
    }
    members["type"] = .string(type)
    return String(json: .object(members))
  }
}

extension String {
  /// The compact JSON text of a value.
  init(json value: JSONValue) {
    self.init(decoding: value.encoded(), as: UTF8.self)
  }
}
