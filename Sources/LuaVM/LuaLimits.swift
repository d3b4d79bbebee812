/// What one Lua session may use before it is stopped.
///
/// A limit that is reached ends the session for certain: scripts can neither catch it nor go on
/// after it. The limits on values are the exception, they raise an ordinary script error that
/// names the offending path.
public struct LuaLimits: Sendable, Hashable {
  /// The most memory the session's state may hold, in bytes.
  public var memoryBytes = 64 << 20
  /// The largest single allocation, in bytes; it bounds one string and one table's array.
  public var allocationBytes = 16 << 20
  /// The instructions of the virtual machine in all; work in library functions is charged too.
  public var instructions: UInt64 = 2_000_000_000
  /// The processor time between two requests.
  public var processorTimeBetweenRequests: Duration = .seconds(2)
  /// The processor time in all.
  public var processorTime: Duration = .seconds(30)
  /// The time on the wall since the session was made, waiting included; `nil` for no limit.
  public var wallClock: Duration? = .seconds(30 * 60)
  /// The coroutines of the script that are alive at once.
  public var coroutines = 1_000
  /// How deep a value that crosses the border may be nested.
  public var valueDepth = 32
  /// How many values, counting the parts of tables, may cross the border in one call.
  public var valueNodes = 50_000
  /// How many bytes may cross the border in one call.
  public var valueBytes = 8 << 20
  /// The volume of posts of a session, in bytes; later posts are dropped, see
  /// ``LuaPost/suppressed``.
  public var postBytes = 1 << 20

  /// Makes the default limits.
  public init() {}
}

/// The limit that ended a session, with its value.
public enum LuaLimit: Sendable, Hashable {
  /// ``LuaLimits/memoryBytes``.
  case memory(bytes: Int)
  /// ``LuaLimits/allocationBytes``.
  case allocation(bytes: Int)
  /// ``LuaLimits/instructions``.
  case instructions(UInt64)
  /// ``LuaLimits/processorTimeBetweenRequests``.
  case processorTimeBetweenRequests(Duration)
  /// ``LuaLimits/processorTime``.
  case processorTime(Duration)
  /// ``LuaLimits/wallClock``.
  case wallClock(Duration)
  /// ``LuaLimits/coroutines``.
  case coroutines(Int)
}

extension LuaLimit: CustomStringConvertible {
  /// The limit in words, such as `memory (64 MiB)`.
  public var description: String {
    switch self {
    case .memory(let bytes): "memory (\(Self.size(bytes)))"
    case .allocation(let bytes): "size of one value (\(Self.size(bytes)))"
    case .instructions(let count): "instructions (\(count))"
    case .processorTimeBetweenRequests(let time):
      "processor time between two requests (\(time))"
    case .processorTime(let time): "processor time (\(time))"
    case .wallClock(let time): "time (\(time))"
    case .coroutines(let count): "coroutines (\(count))"
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes.isMultiple(of: 1 << 20) ? "\(bytes >> 20) MiB" : "\(bytes) bytes"
  }
}
