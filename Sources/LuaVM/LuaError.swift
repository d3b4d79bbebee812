/// Why a chunk was not compiled, or a script did not end as it should.
public struct LuaError: Error, Sendable, Hashable {
  /// What kind of failure it is.
  public enum Kind: Sendable, Hashable {
    /// The source is not Lua.
    case syntax
    /// The source is larger or more tangled than can be compiled safely.
    case refusedSource
    /// The script raised an error that it did not catch.
    case script
    /// A limit was reached; the session cannot be used again.
    case limit(LuaLimit)
    /// ``LuaCancellation/cancel()`` was called; the session cannot be used again.
    case cancelled
    /// The host used a session in a way that it cannot be, or the library is not one known.
    case host
  }

  /// One frame of a script at the moment of an error.
  public struct Frame: Sendable, Hashable {
    /// The line that was running.
    public var position: LuaPosition
    /// The name by which the function was called, or `nil` where there is none.
    public var function: String?

    /// Makes a frame.
    public init(position: LuaPosition, function: String?) {
      self.position = position
      self.function = function
    }
  }

  /// What kind of failure it is.
  public var kind: Kind
  /// One line of at most 8 KB, control characters escaped, without the position.
  ///
  /// It is read from the error value without running any metamethod.
  public var message: String
  /// The line of the script, where known.
  public var position: LuaPosition?
  /// What was raised, if it was an opaque value or a table that can cross the border.
  public var value: LuaValue?
  /// The frames of the script, innermost first, at most 64; none of the prelude's.
  public var traceback: [Frame]

  /// Makes an error.
  public init(
    kind: Kind,
    message: String,
    position: LuaPosition? = nil,
    value: LuaValue? = nil,
    traceback: [Frame] = []
  ) {
    self.kind = kind
    self.message = message
    self.position = position
    self.value = value
    self.traceback = traceback
  }
}

extension LuaError {
  /// Whether the session cannot be used after it.
  var endsSession: Bool {
    switch kind {
    case .limit, .cancelled: true
    case .syntax, .refusedSource, .script, .host: false
    }
  }
}

extension LuaError: CustomStringConvertible {
  /// Position and message in one line.
  public var description: String {
    position.map { "\($0): \(message)" } ?? message
  }
}
