import GodwitCore

/// What a progress line knows: a machine fed with events and moments, which draws nothing itself.
struct ProgressState: Sendable {
  private(set) var stage = ""
  private(set) var total = 0
  private(set) var done = 0
  private(set) var failed = 0
  private(set) var held = 0
  private(set) var isActive = false
  private var rate = MovingRate()

  /// A stage begins.
  mutating func begin(_ stage: String, projects: Int, at moment: Duration) {
    self = ProgressState()
    self.stage = SafeText.line(stage, limit: 30)
    total = projects
    isActive = true
    rate.note(0, at: moment)
  }

  /// A project has ended.
  mutating func end(_ outcome: ProjectOutcome, at moment: Duration) {
    done += 1
    switch outcome {
    case .failed, .inDoubt, .notFound: failed += 1
    case .held: held += 1
    default: break
    }
    rate.note(done, at: moment)
  }

  /// The stage is over.
  mutating func finish() {
    isActive = false
  }

  /// The line as it would be drawn now, in at most `width` columns.
  func line(width: Int, at moment: Duration) -> String {
    let perSecond = rate.perSecond(done: done, at: moment)
    var parts = ["\(done)/\(total)"]
    if let perSecond { parts.append(Self.shown(rate: perSecond)) }
    if failed > 0 { parts.append("\(failed) failed") }
    if held > 0 { parts.append("\(held) held") }
    if let perSecond, perSecond > 0, done < total {
      parts.append(Self.shown(seconds: Double(total - done) / perSecond) + " left")
    }
    while true {
      let words = parts.joined(separator: "  ")
      let bare = stage.isEmpty ? words : "\(stage)  \(words)"
      let room = width - DisplayWidth.of(bare) - 4
      if room >= 10 {
        let bar = Self.bar(done: done, total: total, width: min(room, 30))
        return stage.isEmpty ? "\(bar)  \(words)" : "\(stage)  \(bar)  \(words)"
      }
      if DisplayWidth.of(bare) <= width { return bare }
      if parts.count == 1 { return String(words.prefix(max(width, 0))) }
      parts.removeLast()
    }
  }

  private static func bar(done: Int, total: Int, width: Int) -> String {
    let filled = total > 0 ? min(width, width * done / total) : 0
    let head = filled < width ? ">" : ""
    let rest = String(repeating: " ", count: max(0, width - filled - head.count))
    return "[" + String(repeating: "=", count: filled) + head + rest + "]"
  }

  private static func shown(rate: Double) -> String {
    let tenths = Int((min(rate, 1_000_000) * 10).rounded())
    return rate >= 10 ? "\(tenths / 10)/s" : "\(tenths / 10).\(tenths % 10)/s"
  }

  /// A time in words of one or two units, for example `45s`, `3m 20s`, `2h 5m`.
  static func shown(seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 8_640_000).rounded(.up))
    if whole < 60 { return "\(whole)s" }
    if whole < 3600 { return "\(whole / 60)m \(whole % 60)s" }
    return "\(whole / 3600)h \(whole % 3600 / 60)m"
  }
}

/// How fast something grows, over the last ten seconds.
struct MovingRate: Sendable {
  private static let window = Duration.seconds(10)
  private static let step = Duration.milliseconds(500)
  private static let least = Duration.seconds(1)
  private var samples: [(moment: Duration, done: Int)] = []

  /// Takes the count at a moment; at most two a second are kept.
  mutating func note(_ done: Int, at moment: Duration) {
    if let last = samples.last, moment - last.moment < Self.step { return }
    samples.append((moment, done))
    let start = moment - Self.window
    while samples.count > 2, samples[1].moment <= start { samples.removeFirst() }
  }

  /// The rate now; `nil` until there is a second to judge by.
  func perSecond(done: Int, at moment: Duration) -> Double? {
    guard let first = samples.first, moment - first.moment >= Self.least else { return nil }
    let elapsed = (moment - first.moment) / Duration.seconds(1)
    return Double(done - first.done) / elapsed
  }
}
