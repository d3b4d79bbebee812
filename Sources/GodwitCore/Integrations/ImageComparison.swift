/// Comparing what Atlas showed at two moments.
public enum ImageComparison {
  /// The keys whose values differ, in order.
  ///
  /// A key that is absent on one side equals null, false or empty on the other.
  public static func differences(_ left: JSONObject, _ right: JSONObject) -> [String] {
    let keys = Set(left.keys).union(right.keys).sorted { $0.bytesPrecede($1) }
    return keys.filter { !isSame(left[$0], right[$0]) }
  }

  /// Whether two values mean the same.
  public static func isSame(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (nil, let value?), (let value?, nil): value.isEmptyLike
    case (.masked(let left)?, .masked(let right)?): isSame(left, right)
    case (.object(let left)?, .object(let right)?): differences(left, right).isEmpty
    case (.array(let left)?, .array(let right)?):
      left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
    case (let left?, let right?):
      left == right || (left.isEmptyLike && right.isEmptyLike)
    }
  }

  /// Whether every field that was sent shows as sent, at every depth; fields that Atlas added do not
  /// count, and of a secret nothing is known beforehand.
  public static func isShown(_ sent: JSONObject, in shown: JSONObject) -> Bool {
    sent.allSatisfy { isShown($0.value, in: shown[$0.key]) }
  }

  private static func isShown(_ sent: JSONValue, in shown: JSONValue?) -> Bool {
    switch (sent, shown) {
    case (.secret, _), (.pending, _): true
    case (.object(let sent), .object(let shown)?): isShown(sent, in: shown)
    case (.array(let sent), .array(let shown)?):
      sent.count == shown.count && zip(sent, shown).allSatisfy { isShown($0, in: $1) }
    default: isSame(sent, shown)
    }
  }

  private static func isSame(_ left: MaskedValue, _ right: MaskedValue) -> Bool {
    if let left = left.length, let right = right.length, left != right { return false }
    if left.head != right.head { return false }
    // A URL's tail was added to answers in May 2026: an answer without one says nothing.
    if !left.head.isEmpty, left.tail.isEmpty || right.tail.isEmpty { return true }
    return left.tail == right.tail
  }
}
