internal import GodwitCore

/// How far writes of alert configurations can be taken back.
enum AlertGrades {
  /// Going back needs the secrets of notifications that go away or get another one; one whose
  /// service has ended cannot be made again at all.
  static func ofUpdate(_ before: JSONObject, _ after: JSONObject) -> Reversibility {
    grade(ofLosing: AlertComparison.lostNotifications(from: before, to: after))
  }

  static func ofDelete(_ before: JSONObject) -> Reversibility {
    grade(ofLosing: notifications(before))
  }

  private static func grade(ofLosing notifications: [JSONObject]) -> Reversibility {
    if notifications.contains(where: { NotificationRules.rule(of: $0)?.isCreatable == false }) {
      return .notAtAll
    }
    return notifications.contains { JSONValue.object($0).holdsOpaque } ? .withSecret : .exact
  }

  /// The secrets that go with a configuration and that nobody kept, by the integration's names,
  /// for example `DATADOG.apiKey`: those of notifications are copies of them.
  static func lostSecrets(_ before: JSONObject, _ policy: DraftPolicy) -> [String] {
    var lost: Set<String> = []
    for notification in notifications(before) {
      guard let rule = NotificationRules.rule(of: notification) else { continue }
      for (name, value) in notification where value.holdsOpaque {
        let type = rule.integration ?? IntegrationType(rule.typeName)
        let field = rule.copies[name] ?? name
        if !policy.isKept(type, field, value) { lost.insert("\(type).\(field)") }
      }
    }
    return lost.sorted { $0.bytesPrecede($1) }
  }

  private static func notifications(_ fields: JSONObject) -> [JSONObject] {
    (fields["notifications"]?.arrayValue ?? []).compactMap(\.objectValue)
  }
}
