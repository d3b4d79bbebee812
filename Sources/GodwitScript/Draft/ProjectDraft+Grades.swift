internal import GodwitCore

extension ProjectDraft {
  /// Going back needs every secret that Atlas does not give back.
  static func gradeOfUpdate(_ rule: IntegrationRule, _ before: JSONObject) -> Reversibility {
    let isHidden = rule.secretFields.contains { $0.secret == .absent }
    let isMasked = before.contains { name, value in
      value.holdsOpaque && rule.writability != .updateWithout(field: name)
    }
    return isHidden || isMasked ? .withSecret : .exact
  }

  static func gradeOfDelete(_ rule: IntegrationRule?) -> Reversibility {
    switch rule?.writability {
    case nil, .deleteOnly?: .notAtAll
    case .updateWithout?: .byPerson
    case .full?: rule?.secretFields.isEmpty == false ? .withSecret : .exact
    }
  }

  /// The secret fields that go with an integration and that nobody kept.
  func lostSecrets(
    _ type: IntegrationType,
    _ rule: IntegrationRule?,
    _ fields: JSONObject
  ) -> [String] {
    var names = fields.filter { $0.value.holdsOpaque }.map(\.key)
    names += (rule?.secretFields ?? []).filter { $0.secret == .absent }.map(\.name)
    return Set(names).filter { !policy.isKept(type, $0, fields[$0]) }.sorted()
  }
}
