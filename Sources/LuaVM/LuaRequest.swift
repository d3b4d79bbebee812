/// A place in a script.
public struct LuaPosition: Sendable, Hashable, CustomStringConvertible {
  /// The chunk's name, as it was given to ``LuaProgram``.
  public var file: String
  /// The line, from 1.
  public var line: Int

  /// Makes a position.
  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  /// `file:line`.
  public var description: String { "\(file):\(line)" }
}

/// What a script asks of the host; the script waits for the answer.
public struct LuaRequest: Sendable, Hashable {
  /// The name given to `host.request`.
  public var name: String
  /// The other arguments of `host.request`.
  public var arguments: LuaArguments
  /// Where the script was: the innermost frame outside the prelude, across coroutines.
  public var position: LuaPosition?

  /// Makes a request; sessions do, and tests of those who answer them.
  public init(name: String, arguments: LuaArguments, position: LuaPosition?) {
    self.name = name
    self.arguments = arguments
    self.position = position
  }
}

/// What a script tells the host without waiting.
public struct LuaPost: Sendable, Hashable {
  /// The name of the one post that a session records in place of all those it drops once
  /// ``LuaLimits/postBytes`` is spent.
  public static let suppressed = "suppressed"

  /// The name given to `host.post`.
  public var name: String
  /// The other arguments of `host.post`.
  public var arguments: [LuaValue]
  /// Where the script was.
  public var position: LuaPosition?

  /// Makes a post; sessions do, and tests of those who read them.
  public init(name: String, arguments: [LuaValue], position: LuaPosition?) {
    self.name = name
    self.arguments = arguments
    self.position = position
  }
}

/// The host's answer to a ``LuaRequest``.
public enum LuaAnswer: Sendable, Hashable {
  /// `host.request` returns this one; as ``values(_:)`` with one, without an array around it.
  case value(LuaValue)
  /// `host.request` returns these.
  case values([LuaValue])
  /// `host.request` raises this: a string gets the script's position before it, as `error` would
  /// do, anything else is raised as it is.
  case raise(LuaValue)
}

/// What a session came back with.
public enum LuaStep: Sendable {
  /// The script waits for ``LuaSession/resume(_:)``.
  case request(LuaRequest)
  /// The entry function returned.
  case finished([LuaValue])
  /// The entry function failed, or a limit was reached.
  ///
  /// Indirect, since an error is several times as large as a request and far rarer.
  indirect case failed(LuaError)
}
