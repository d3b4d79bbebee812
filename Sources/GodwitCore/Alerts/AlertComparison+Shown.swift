/// Telling whether an alert configuration shows as it was sent.
extension AlertComparison {
  /// Whether everything that was sent shows, and no notification or matcher more.
  ///
  /// Fields that Atlas fills in or adds do not count; nor do those that only Atlas makes.
  ///
  /// - Parameters:
  ///   - sent: the fields as they are expected.
  ///   - shown: the fields as Atlas shows them.
  /// - Returns: `true` if it shows as sent.
  public static func isShown(_ sent: JSONObject, in shown: JSONObject) -> Bool {
    sent.allSatisfy { key, value in
      guard !AlertConfiguration.readOnlyKeys.contains(key) else { return true }
      return isShown(value, in: shown[key])
    }
  }

  private static let ignored: Set<String> = ["notifierId", "integrationId"]

  private static func isShown(_ sent: JSONValue, in shown: JSONValue?) -> Bool {
    switch (sent, shown) {
    case (.secret, _), (.pending, _): true
    case (.object(let sent), .object(let shown)?):
      sent.allSatisfy { ignored.contains($0.key) || isShown($0.value, in: shown[$0.key]) }
    case (.array(let sent), .array(let shown)?):
      sent.count == shown.count
        && UnorderedMatching.partners(of: sent, in: shown) { isShown($0, in: $1) }
          .allSatisfy { $0 != nil }
    default: ImageComparison.isSame(sent, shown)
    }
  }
}
