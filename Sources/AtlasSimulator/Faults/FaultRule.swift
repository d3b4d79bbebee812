/// Which requests go wrong, and how.
///
/// Written as the fault's name with conditions behind it, for example `closed-after,rate=0.05` or
/// `ip-list,nth=100,times=1`. Without a rate and a number every request that fits goes wrong.
public struct FaultRule: Sendable, Hashable {
  /// The requests that a rule is for.
  public enum Scope: Sendable, Hashable {
    /// All of them.
    case everything
    /// GET and HEAD.
    case reads
    /// All other methods.
    case writes
    /// One method.
    case method(String)
  }

  /// The ways of which one is drawn for each request.
  public var faults: [Fault]
  /// The share (0 to 1) of the requests that fit which go wrong.
  public var rate: Double?
  /// Of the requests that fit, the one by number that goes wrong, from 1.
  public var number: Int?
  /// The project, by id or name.
  public var project: String?
  /// The requests that it is for.
  public var scope = Scope.everything
  /// How many requests go wrong at most.
  public var times: Int?
  /// How long after the start of the simulator it holds.
  public var duration: Duration?
  /// How long a late answer, or a late effect, is held back.
  public var delay: Duration = .seconds(90)
  /// What `Retry-After` says, in seconds.
  public var retryAfter = 1

  /// Every request goes wrong in this way.
  public init(_ fault: Fault) {
    faults = [fault]
  }

  /// A share of the requests goes wrong, in one of the ways that a fail rate draws from.
  init(failRate: Double) {
    faults = Fault.ofFailRate
    rate = failRate
  }
}

extension FaultRule {
  /// Reads a rule as it is written on the command line and in files.
  ///
  /// - Parameter text: the fault's name, then conditions after commas: `rate=`, `nth=`, `project=`,
  ///   `on=` (`reads`, `writes` or a method), `times=`, `for=`, `delay=`, `retry-after=`.
  /// - Throws: ``SimulatorError`` that says what is not understood.
  public init(parsing text: String) throws(SimulatorError) {
    var words = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { word in word.trimming(while: \.isWhitespace) }[...]
    let name = String(words.popFirst() ?? "")
    guard let fault = Fault(rawValue: name) else {
      let names = Fault.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidFault(text, "There is no fault \"\(name)\"; there are \(names).")
    }
    self.init(fault)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, try set(parts[0], to: parts[1], text) else {
        throw .invalidFault(
          text,
          "\"\(word)\" is not understood; conditions are rate=0.05, nth=3, project=NAME,"
            + " on=writes, times=1, for=30s, delay=5s, retry-after=2."
        )
      }
    }
  }

  /// Reads rules, one on a line; empty lines and those that begin with `#` are left out.
  ///
  /// - Throws: ``SimulatorError`` with the line that is not understood.
  public static func rules(parsing text: String) throws(SimulatorError) -> [FaultRule] {
    var rules: [FaultRule] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.trimming(while: \.isWhitespace)
      if !line.isEmpty, !line.hasPrefix("#") { rules.append(try FaultRule(parsing: String(line))) }
    }
    return rules
  }

  /// Sets one condition; `false` if it is not understood.
  private mutating func set(
    _ key: String,
    to value: String,
    _ text: String
  ) throws(SimulatorError) -> Bool {
    switch key {
    case "rate":
      guard let share = Double(value), (0...1).contains(share) else { return false }
      rate = share
    case "nth": return assign(&number, Self.count(value))
    case "times": return assign(&times, Self.count(value))
    case "project": project = value
    case "on":
      switch value {
      case "reads": scope = .reads
      case "writes": scope = .writes
      case "GET", "POST", "PUT", "PATCH", "DELETE": scope = .method(value)
      default: return false
      }
    case "for": return assign(&duration, Self.duration(value))
    case "delay":
      guard let time = Self.duration(value) else { return false }
      delay = time
    case "retry-after":
      guard let seconds = Int(value), seconds >= 0 else { return false }
      retryAfter = seconds
    default: return false
    }
    return true
  }

  private func assign<Value>(_ place: inout Value?, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  private static func count(_ text: String) -> Int? {
    Int(text).flatMap { $0 > 0 ? $0 : nil }
  }

  /// A time such as `500ms`, `30s` or `2m`.
  private static func duration(_ text: String) -> Duration? {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60)]
    for (unit, seconds) in units where text.hasSuffix(unit) {
      guard let number = Double(text.dropLast(unit.count)), (0...86_400).contains(number) else {
        return nil
      }
      return .milliseconds(Int64(number * seconds * 1000))
    }
    return nil
  }
}

extension Substring {
  /// The text without such characters at its ends.
  fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
    var text = drop(while: isTrimmed)
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return text
  }
}

extension SimulatorError {
  static func invalidFault(_ rule: String, _ problem: String) -> SimulatorError {
    SimulatorError(
      kind: .invalidSetting,
      subject: "fault \"\(rule)\"",
      problem: problem,
      advice: "The documentation of the simulator lists faults and conditions."
    )
  }
}
