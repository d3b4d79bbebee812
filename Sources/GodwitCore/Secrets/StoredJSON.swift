/// The form in which a ``JSONValue`` is kept in a run file: masked values, secret references
/// and pending values become tagged objects, and an object that only looks like one is wrapped.
public enum StoredJSON {
  private static let maskTag = "$masked"
  private static let secretTag = "$secret"
  private static let pendingTag = "$pending"
  private static let objectTag = "$object"

  /// Turns a value into plain JSON without loss.
  public static func plain(_ value: JSONValue) -> JSONValue {
    switch value {
    case .masked(let masked):
      var parts: JSONObject = ["tail": .string(masked.tail)]
      if !masked.head.isEmpty { parts["head"] = .string(masked.head) }
      if let length = masked.length { parts["length"] = .number(JSONNumber(Int64(length))) }
      return .object([maskTag: .object(parts)])
    case .secret(let reference): return .object([secretTag: .string(reference.name)])
    case .pending(let value):
      return .object([pendingTag: .number(JSONNumber(Int64(value.operation)))])
    case .array(let elements): return .array(elements.map(plain))
    case .object(let object):
      let members = JSONValue.object(object.mapValues { _, value in plain(value) })
      let isAmbiguous = object.count == 1 && object[0].key.hasPrefix("$")
      return isAmbiguous ? .object([objectTag: members]) : members
    default: return value
    }
  }

  /// The opposite of ``plain(_:)``.
  public static func restored(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): return .array(elements.map(restored))
    case .object(let object):
      if object.count == 1 {
        switch (object[0].key, object[0].value) {
        case (maskTag, .object(let parts)):
          return .masked(
            MaskedValue(
              head: parts["head"]?.stringValue ?? "",
              tail: parts["tail"]?.stringValue ?? "",
              length: parts["length"]?.int64Value.map(Int.init)
            )
          )
        case (secretTag, .string(let name)): return .secret(SecretReference(name: name))
        case (pendingTag, .number(let number)):
          guard let operation = number.int64Value.map(Int.init) else { return value }
          return .pending(PendingValue(operation: operation))
        case (objectTag, .object(let members)): return .object(restored(members))
        default: break
        }
      }
      return .object(restored(object))
    default: return value
    }
  }

  /// Restores the members of an object.
  private static func restored(_ object: JSONObject) -> JSONObject {
    object.mapValues { _, value in restored(value) }
  }
}
