/// A value that scripts can hold and hand back, and whose inside they cannot see or forge.
///
/// In Lua it is a userdata with a hidden metatable: it cannot be written, has no length, no
/// arithmetic and no concatenation. `==` compares ``kind`` and ``payload``.
public struct LuaOpaque: Sendable, Hashable {
  private var storage: Storage

  /// Makes an opaque value.
  /// - Parameters:
  ///   - kind: What it is, such as `secret`; used in Lua's messages as the name of its type.
  ///   - payload: The host's identity of the value; no script can read it.
  ///   - display: What `tostring` gives.
  ///   - fields: What a script may read by name.
  public init(
    kind: String,
    payload: String,
    display: String,
    fields: [String: LuaValue] = [:]
  ) {
    storage = Storage(kind: kind, payload: payload, display: display, fields: fields)
  }

  /// What the value is, such as `secret`, `masked`, `pending`.
  public var kind: String {
    get { storage.kind }
    set { self = Self(kind: newValue, payload: payload, display: display, fields: fields) }
  }

  /// The host's identity of the value; it is in the memory of the state but not readable there.
  public var payload: String {
    get { storage.payload }
    set { self = Self(kind: kind, payload: newValue, display: display, fields: fields) }
  }

  /// What `tostring` gives.
  public var display: String {
    get { storage.display }
    set { self = Self(kind: kind, payload: payload, display: newValue, fields: fields) }
  }

  /// What a script may read by name; any other name is a method of the kind, or `nil`.
  ///
  /// Meant for scalars; a table is copied anew at each read.
  public var fields: [String: LuaValue] {
    get { storage.fields }
    set { self = Self(kind: kind, payload: payload, display: display, fields: newValue) }
  }

  /// Whether two values agree in everything, fields included.
  public static func == (left: Self, right: Self) -> Bool {
    left.storage === right.storage
      || left.kind == right.kind && left.payload == right.payload
        && left.display == right.display && left.fields == right.fields
  }

  /// Hashes kind and payload.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(payload)
  }

  /// Keeps ``LuaValue`` small: three strings and a dictionary would be 56 bytes.
  private final class Storage: Sendable {
    let kind: String
    let payload: String
    let display: String
    let fields: [String: LuaValue]

    init(kind: String, payload: String, display: String, fields: [String: LuaValue]) {
      self.kind = kind
      self.payload = payload
      self.display = display
      self.fields = fields
    }
  }
}
