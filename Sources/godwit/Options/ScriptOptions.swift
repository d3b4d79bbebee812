import ArgumentParser
import LuaVM

/// How much a project's script may use.
struct ScriptOptions: ParsableArguments {
  @Option(
    name: .customLong("script-limit"),
    help: ArgumentHelp(
      "Change a limit of the script: memory=256MiB, time=2m (repeatable).",
      valueName: "name=value"
    )
  )
  var scriptLimit: [String] = []

  mutating func validate() throws {
    for text in scriptLimit { _ = try Self.change(text) }
  }

  /// The limits of one project's script.
  var limits: LuaLimits {
    var limits = LuaLimits()
    for text in scriptLimit { try? Self.change(text)(&limits) }
    return limits
  }

  private static func change(_ text: String) throws -> (inout LuaLimits) -> Void {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ValidationError("--script-limit takes memory=SIZE or time=DURATION, not \"\(text)\".")
    }
    switch parts[0] {
    case "memory":
      guard let bytes = size(parts[1]), memory.contains(bytes) else {
        throw ValidationError(
          "--script-limit memory takes a size from 1MiB to 16GiB, for example 256MiB or 64MB,"
            + " not \"\(parts[1])\"."
        )
      }
      return { $0.setMemory(bytes: bytes) }
    case "time":
      guard let time = duration(parts[1]), processorTime.contains(time) else {
        throw ValidationError(
          "--script-limit time takes a duration from 10ms to 24h, for example 500ms, 30s or 5m,"
            + " not \"\(parts[1])\"."
        )
      }
      return { $0.setTime(time) }
    default:
      throw ValidationError(
        "There is no script limit \"\(parts[0])\"; --script-limit takes memory and time."
      )
    }
  }

  private static let memory = (1 << 20)...(16 << 30)
  private static let processorTime = Duration.milliseconds(10)...Duration.seconds(86_400)

  private static func size(_ text: Substring) -> Int? {
    let units = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
      ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ]
    for (unit, bytes) in units where text.hasSuffix(unit) {
      return number(text.dropLast(unit.count)).flatMap { number in
        let (product, overflow) = number.multipliedReportingOverflow(by: bytes)
        return overflow ? nil : product
      }
    }
    return nil
  }

  private static func duration(_ text: Substring) -> Duration? {
    let units: [(String, Int)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
    for (unit, milliseconds) in units where text.hasSuffix(unit) {
      return number(text.dropLast(unit.count)).flatMap { number in
        let (product, overflow) = number.multipliedReportingOverflow(by: milliseconds)
        return overflow ? nil : .milliseconds(product)
      }
    }
    return nil
  }

  // Digits only: "+5" and "5e3" are not what is asked for.
  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
  }
}

extension LuaLimits {
  /// Memory, and with it what a single value may take of it: a quarter, but 16 MiB at least.
  mutating func setMemory(bytes: Int) {
    memoryBytes = bytes
    allocationBytes = min(bytes, max(allocationBytes, bytes / 4))
  }

  /// Processor time, in one piece or in all; the other limits on time and work go along where they
  /// would be reached before.
  mutating func setTime(_ time: Duration) {
    processorTime = time
    processorTimeBetweenRequests = time
    // More than any machine runs of them in that time.
    let seconds = UInt64(max(time.components.seconds, 0)) + 1
    instructions = max(instructions, seconds * 1_000_000_000)
    wallClock = wallClock.map { max($0, time) }
  }
}
