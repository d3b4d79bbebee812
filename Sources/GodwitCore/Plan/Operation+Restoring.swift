extension Operation {
  /// The secret fields whose values going back needs, in order; empty if it needs none, or if the
  /// images are not at hand.
  ///
  /// They are needed whether the operation changes them or not: what Atlas does not give back, the
  /// body that restores the rest must bring.
  public var secretsToRestore: [String] {
    guard grade == .withSecret, let before else { return [] }
    let names: Set<String>
    switch target {
    case .integration(let type): names = Self.secrets(of: type, before)
    case .alert: names = Self.notificationSecrets(before, after)
    case .request: names = Set(before.filter { $0.value.holdsOpaque }.map(\.key))
    }
    return names.sorted { $0.bytesPrecede($1) }
  }

  private static func secrets(of type: IntegrationType, _ before: JSONObject) -> Set<String> {
    let rule = IntegrationRules.rule(for: type)
    var names = Set(before.filter { $0.value.holdsOpaque }.map(\.key))
    if case .updateWithout(let field)? = rule?.writability { names.remove(field) }
    names.formUnion((rule?.secretFields ?? []).filter { $0.secret == .absent }.map(\.name))
    return names
  }

  private static func notificationSecrets(
    _ before: JSONObject,
    _ after: JSONObject?
  ) -> Set<String> {
    let lost = AlertComparison.lostNotifications(from: before, to: after)
    return Set(
      lost.flatMap { notification in
        notification.filter { $0.value.holdsOpaque }.map {
          "notifications[\(notification["typeName"]?.stringValue ?? "?")].\($0.key)"
        }
      }
    )
  }
}

extension AlertComparison {
  /// The notifications of an image that go away or get another secret: to have them back takes
  /// their secrets.
  ///
  /// - Parameters:
  ///   - before: the image before.
  ///   - after: the image after; `nil` for a delete.
  /// - Returns: them as they were.
  public static func lostNotifications(
    from before: JSONObject,
    to after: JSONObject?
  ) -> [JSONObject] {
    let kept = notifications(after)
    return notifications(before).filter { old in
      guard let id = old["notifierId"] else { return true }
      return !kept.contains { $0["notifierId"] == id && hasSameSecrets(old, $0) }
    }
  }

  private static func notifications(_ fields: JSONObject?) -> [JSONObject] {
    (fields?["notifications"]?.arrayValue ?? []).compactMap(\.objectValue)
  }

  private static func hasSameSecrets(_ old: JSONObject, _ new: JSONObject) -> Bool {
    old.filter { $0.value.holdsOpaque }.allSatisfy { new[$0.key] == $0.value }
  }
}
