/// Comparing what Atlas showed of an alert configuration at two moments.
///
/// What only Atlas makes does not count: `id`, `groupId`, `links`, `created`, `updated`, of
/// notifications `notifierId` (new with every PUT) and `integrationId` (rolls with the
/// integration). Nor does the order of notifications, matchers and roles. Otherwise it is as in
/// ``ImageComparison``: absent, null, false and empty are one, and a secret differs by its tail or
/// by its length, as far as both are shown.
public enum AlertComparison {
  private static let ignoredInNotifications: Set<String> = ["notifierId", "integrationId"]

  /// Whether two images mean the same.
  public static func isSame(_ left: JSONObject, _ right: JSONObject) -> Bool {
    changes(from: left, to: right).isEmpty
  }

  /// What differs, in order; fields have names such as `metricThreshold.threshold` and
  /// `notifications[DATADOG].datadogRegion`.
  ///
  /// - Parameters:
  ///   - left: the earlier image.
  ///   - right: the later one.
  ///   - notifierIDs: `notifierId`s that an operation is going to send: one that is no longer there
  ///     is a change too, since Atlas would not find what it stored.
  /// - Returns: a whole notification that came or went is one change.
  public static func changes(
    from left: JSONObject,
    to right: JSONObject,
    notifierIDs: Set<String> = []
  ) -> [FieldChange] {
    let keys = Set(left.keys).union(right.keys)
      .subtracting(AlertConfiguration.readOnlyKeys)
      .sorted { $0.bytesPrecede($1) }
    let found = keys.flatMap { key in
      key == "notifications"
        ? notificationChanges(from: elements(left[key]), to: elements(right[key]))
        : changes(of: key, from: left[key], to: right[key])
    }
    return found + missing(notifierIDs, from: left, to: right)
  }

  /// What a plan tells of a write: of a create every field that is sent and of a delete every field
  /// that is lost, whatever it holds.
  ///
  /// Of an update count the fields that come to mean something else; where there are any, those are
  /// told of too that come or go with false or empty in them.
  ///
  /// - Parameters:
  ///   - before: the image before; `nil` for a create.
  ///   - after: the image after; `nil` for a delete.
  /// - Returns: the changes, in order.
  public static func told(from before: JSONObject?, to after: JSONObject?) -> [FieldChange] {
    let (left, right) = (before ?? [:], after ?? [:])
    let found = changes(from: left, to: right)
    guard before == nil || after == nil || !found.isEmpty else { return [] }
    let quiet = Set(left.keys).union(right.keys).subtracting(AlertConfiguration.readOnlyKeys)
      .filter { (left[$0] == nil) != (right[$0] == nil) }
      .filter { ImageComparison.isSame(left[$0], right[$0]) }
      .map { FieldChange(field: $0, before: left[$0], after: right[$0]) }
    return (found + quiet).enumerated()
      .sorted { one, other in
        let (left, right) = (root(of: one.element), root(of: other.element))
        return left == right ? one.offset < other.offset : left.bytesPrecede(right)
      }
      .map(\.element)
  }

  private static func root(of change: FieldChange) -> String {
    String(change.field.prefix { $0 != "." && $0 != "[" })
  }

  private static func changes(
    of name: String,
    from left: JSONValue?,
    to right: JSONValue?
  ) -> [FieldChange] {
    if isSameUnordered(left, right) { return [] }
    guard case .object(let before)? = left, case .object(let after)? = right else {
      return [FieldChange(field: name, before: left, after: right)]
    }
    return ImageComparison.differences(before, after).map { key in
      FieldChange(field: "\(name).\(key)", before: before[key], after: after[key])
    }
  }

  /// Whether two values mean the same, arrays (matchers, roles) in any order.
  private static func isSameUnordered(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    guard case .array(let left)? = left, case .array(let right)? = right else {
      return ImageComparison.isSame(left, right)
    }
    return left.count == right.count
      && UnorderedMatching.partners(of: left, in: right, isSame: ImageComparison.isSame)
        .allSatisfy { $0 != nil }
  }

  private static func elements(_ value: JSONValue?) -> [JSONObject] {
    (value?.arrayValue ?? []).compactMap(\.objectValue)
  }

  private static func missing(
    _ notifierIDs: Set<String>,
    from left: JSONObject,
    to right: JSONObject
  ) -> [FieldChange] {
    let present = Set(elements(right["notifications"]).compactMap { $0["notifierId"]?.stringValue })
    let before = elements(left["notifications"])
    return notifierIDs.subtracting(present).sorted { $0.bytesPrecede($1) }.map { id in
      let notification = before.first { $0["notifierId"]?.stringValue == id }
      return FieldChange(
        field: "\(place(of: notification ?? [:])).notifierId",
        before: .string(id),
        after: nil
      )
    }
  }
}

/// Notifications, which have no name of their own that lasts.
extension AlertComparison {
  private static func notificationChanges(
    from left: [JSONObject],
    to right: [JSONObject]
  ) -> [FieldChange] {
    let partners = UnorderedMatching.partners(of: left, in: right) { fieldChanges($0, $1).isEmpty }
    let gone = left.indices.filter { partners[$0] == nil }.map { left[$0] }
    var came = right.indices.filter { !partners.contains($0) }.map { right[$0] }
    var result: [FieldChange] = []
    for notification in gone {
      // What went and what came of one type is taken for one notification that changed.
      if let index = came.firstIndex(where: { $0["typeName"] == notification["typeName"] }) {
        result += fieldChanges(notification, came.remove(at: index))
      } else {
        result.append(
          FieldChange(field: place(of: notification), before: .object(notification), after: nil)
        )
      }
    }
    return result
      + came.map { FieldChange(field: place(of: $0), before: nil, after: .object($0)) }
  }

  private static func fieldChanges(_ left: JSONObject, _ right: JSONObject) -> [FieldChange] {
    let keys = Set(left.keys).union(right.keys).subtracting(ignoredInNotifications)
      .sorted { $0.bytesPrecede($1) }
    return keys.filter { !isSameUnordered(left[$0], right[$0]) }.map { key in
      FieldChange(field: "\(place(of: left)).\(key)", before: left[key], after: right[key])
    }
  }

  private static func place(of notification: JSONObject) -> String {
    "notifications[\(notification["typeName"]?.stringValue ?? "?")]"
  }
}
