public import GodwitCore
internal import Synchronization

/// Shows how a run goes on: one line that redraws itself on a terminal, log lines everywhere.
///
/// It may be called from many tasks at once. Log lines and remarks are printed above the line; the
/// line is redrawn at most ten times a second and clears itself when a stage is finished. Without a
/// terminal nothing is drawn, and only log lines and remarks are written.
public final class ProgressLine: Sendable {
  /// How log lines are written.
  public enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line.
    case json
  }

  private struct State {
    var progress = ProgressState()
    var lastDrawn: Duration?
    var isDrawn = false
  }

  private static let interval = Duration.milliseconds(100)
  private static let clearing = "\r\u{1b}[2K"

  private let isTerminal: Bool
  private let style: TextStyle
  private let logFormat: LogFormat
  private let leastLevel: LogLine.Level
  private let columns: @Sendable () -> Int?
  private let now: @Sendable () -> Duration
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Makes a line that draws through `write`.
  ///
  /// - Parameters:
  ///   - isTerminal: whether `write` goes to a terminal.
  ///   - style: whether log levels are coloured.
  ///   - logFormat: how log lines are written.
  ///   - leastLevel: the least important level that is written.
  ///   - columns: the width of the terminal now; asked at each redraw.
  ///   - now: a clock that never goes back, from any beginning.
  ///   - write: receives the text, mostly standard error; it must not call back.
  public init(
    isTerminal: Bool,
    style: TextStyle = TextStyle(),
    logFormat: LogFormat = .text,
    leastLevel: LogLine.Level = .info,
    columns: @escaping @Sendable () -> Int? = { 80 },
    now: @escaping @Sendable () -> Duration,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.style = style
    self.logFormat = logFormat
    self.leastLevel = leastLevel
    self.columns = columns
    self.now = now
    self.write = write
  }

  /// Takes an event of the run.
  public func receive(_ event: RunEvent) {
    let moment = now()
    state.withLock { state in
      switch event {
      case .began(let stage, let projects):
        state.progress.begin(stage, projects: projects, at: moment)
        draw(&state, at: moment)
      case .ended(let outcome):
        state.progress.end(outcome, at: moment)
        draw(&state, at: moment)
      case .logged(let project, let line):
        guard isShown(line.level) else { return }
        print(text(of: line, project: project), &state, at: moment)
      case .remark(let remark):
        print(text(of: remark), &state, at: moment)
      case .finished:
        state.progress.finish()
        clear(&state)
        state.lastDrawn = nil
      }
    }
  }

  /// Redraws without an event, so that rate and time left stay true while nothing ends.
  public func refresh() {
    let moment = now()
    state.withLock { draw(&$0, at: moment) }
  }

  /// Takes the line off the terminal, for example before something else is printed; the next event
  /// draws it again.
  public func clear() {
    state.withLock { clear(&$0) }
  }

  private func clear(_ state: inout State) {
    guard state.isDrawn else { return }
    write(Self.clearing)
    state.isDrawn = false
  }

  private func draw(_ state: inout State, at moment: Duration) {
    guard isTerminal, state.progress.isActive else { return }
    if let last = state.lastDrawn, moment - last < Self.interval { return }
    // The last column stays free: a terminal that wraps there would leave a line behind.
    let width = max(10, (columns() ?? 80) - 1)
    write(Self.clearing + state.progress.line(width: width, at: moment))
    state.lastDrawn = moment
    state.isDrawn = true
  }

  private func print(_ line: String, _ state: inout State, at moment: Duration) {
    clear(&state)
    write(line + "\n")
    draw(&state, at: moment)
  }

  private func isShown(_ level: LogLine.Level) -> Bool {
    let order = LogLine.Level.allCases
    return (order.firstIndex(of: level) ?? 0) >= (order.firstIndex(of: leastLevel) ?? 0)
  }

  private func text(of line: LogLine, project: String) -> String {
    if logFormat == .json {
      var object: JSONObject = ["level": .string(line.level.rawValue)]
      if !project.isEmpty { object["project"] = .string(project) }
      object["message"] = .string(line.message)
      if let position = line.position { object["at"] = .string(position.description) }
      return SafeText.json(.object(object))
    }
    let color: TextStyle.Color? =
      switch line.level {
      case .debug: .faint
      case .info: nil
      case .warn: .yellow
      case .error: .red
      }
    let level = style.paint(DisplayWidth.pad(line.level.rawValue, to: 5), color)
    let place = Wording.place(line.position).map { "  (\($0))" } ?? ""
    // An automation's log is of no project.
    let name = project.isEmpty ? "" : SafeText.line(project, limit: 60) + ": "
    return "\(level)  \(name)\(SafeText.line(line.message, limit: 1000))\(place)"
  }

  /// A diagnostic as one log line in JSON: `level`, `message`, and where there is one `at`,
  /// `detail` and `advice`.
  public static func jsonLine(_ diagnostic: Diagnostic) -> String {
    var object: JSONObject = [
      "level": .string(diagnostic.severity == .error ? "error" : "warn"),
      "message": .string(diagnostic.summary),
    ]
    if let position = diagnostic.position { object["at"] = .string(position.description) }
    if let detail = diagnostic.detail { object["detail"] = .string(detail) }
    if let advice = diagnostic.advice { object["advice"] = .string(advice) }
    return SafeText.json(.object(object))
  }

  private func text(of remark: String) -> String {
    logFormat == .json
      ? SafeText.json(["level": "info", "message": .string(remark)])
      : SafeText.line(remark, limit: 1000)
  }
}
