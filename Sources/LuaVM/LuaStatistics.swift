/// What a session has used.
public struct LuaStatistics: Sendable, Hashable {
  /// The memory that the state holds, in bytes.
  public var memoryBytes: Int
  /// The most memory that the state held at once, in bytes.
  public var memoryPeakBytes: Int
  /// The instructions so far, work in library functions included, to some thousands.
  public var instructions: UInt64
  /// The processor time so far.
  public var processorTime: Duration
  /// The most instructions, work in library functions included, that were counted from one look at
  /// the clock to the next.
  public var largestWork: UInt64
}
