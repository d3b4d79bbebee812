internal import CLuaShim

extension LuaLimits {
  /// The limits in the shim's units.
  var bounds: shim_limits {
    shim_limits(
      memory_bytes: UInt64(clamping: memoryBytes),
      allocation_bytes: UInt64(clamping: allocationBytes),
      instructions: instructions,
      step_nanoseconds: processorTimeBetweenRequests.nanoseconds,
      processor_nanoseconds: processorTime.nanoseconds,
      wall_nanoseconds: wallClock.map { max($0.nanoseconds, 1) } ?? 0,
      coroutines: UInt64(clamping: coroutines),
      value_depth: UInt64(clamping: min(valueDepth, 100)),
      value_nodes: UInt64(clamping: valueNodes),
      value_bytes: UInt64(clamping: min(valueBytes, 1 << 30)),
      post_bytes: UInt64(clamping: postBytes),
      slice_nanoseconds: 0,
      failing_allocation: 0
    )
  }

  /// The kind of error for a reason of the shim's.
  func kind(reason: Int) -> LuaError.Kind {
    switch reason {
    case Int(SHIM_MEMORY): .limit(.memory(bytes: memoryBytes))
    case Int(SHIM_ALLOCATION): .limit(.allocation(bytes: allocationBytes))
    case Int(SHIM_INSTRUCTIONS): .limit(.instructions(instructions))
    case Int(SHIM_STEP_TIME):
      .limit(.processorTimeBetweenRequests(processorTimeBetweenRequests))
    case Int(SHIM_PROCESSOR_TIME): .limit(.processorTime(processorTime))
    case Int(SHIM_WALL_TIME): .limit(.wallClock(wallClock ?? .zero))
    case Int(SHIM_COROUTINES): .limit(.coroutines(coroutines))
    case Int(SHIM_CANCELLED): .cancelled
    default: .script
    }
  }
}

extension Duration {
  /// The duration in whole nanoseconds, zero if negative, cut at the end of the range.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = product.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
    return overflow || carry ? .max : sum
  }
}
