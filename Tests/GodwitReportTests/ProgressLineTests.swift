import GodwitCore
import Synchronization
import Testing

@testable import GodwitReport

/// A clock set by hand and what was written, for progress lines.
final class Screen: Sendable {
  private let state = Mutex((now: Duration.zero, text: "", writes: 0))

  var text: String { state.withLock { $0.text } }
  var writes: Int { state.withLock { $0.writes } }

  /// What stands on the screen's last line.
  var lastLine: String {
    text.split(separator: "\u{1b}[2K", omittingEmptySubsequences: false).last.map(String.init) ?? ""
  }

  func advance(_ time: Duration) {
    state.withLock { $0.now += time }
  }

  func progress(
    isTerminal: Bool = true,
    columns: Int? = 80,
    style: TextStyle = TextStyle(),
    logFormat: ProgressLine.LogFormat = .text,
    leastLevel: LogLine.Level = .info
  ) -> ProgressLine {
    ProgressLine(
      isTerminal: isTerminal,
      style: style,
      logFormat: logFormat,
      leastLevel: leastLevel,
      columns: { columns },
      now: { self.state.withLock { $0.now } },
      write: { text in
        self.state.withLock {
          $0.text += text
          $0.writes += 1
        }
      }
    )
  }
}

@Suite
struct ProgressLineTests {
  private let screen = Screen()

  @Test
  func `it shows stage, bar, count, rate, troubles and time left`() {
    let progress = screen.progress()
    progress.receive(.began(stage: "planning", projects: 200))
    for number in 0..<100 {
      screen.advance(.milliseconds(20))
      progress.receive(.ended(number == 7 ? .failed : number == 8 ? .held : .changed))
    }
    screen.advance(.milliseconds(100))
    progress.refresh()
    #expect(
      screen.lastLine
        == "planning  [============>            ]  100/200  47/s  1 failed  1 held  3s left"
    )
  }

  @Test
  func `it redraws at most ten times a second`() {
    let progress = screen.progress()
    progress.receive(.began(stage: "applying", projects: 5000))
    for _ in 0..<5000 {
      screen.advance(.milliseconds(1))
      progress.receive(.ended(.changed))
    }
    #expect(screen.writes <= 51)
    #expect(screen.writes >= 45)
  }

  @Test
  func `it clears itself when finished`() {
    let progress = screen.progress()
    progress.receive(.began(stage: "planning", projects: 2))
    progress.receive(.finished)
    #expect(screen.lastLine.isEmpty)
    let writes = screen.writes
    screen.advance(.seconds(1))
    progress.refresh()
    progress.receive(.finished)
    #expect(screen.writes == writes)
  }

  @Test
  func `log lines stand above it`() {
    let progress = screen.progress()
    progress.receive(.began(stage: "planning", projects: 2))
    screen.advance(.seconds(1))
    let line = LogLine(level: .warn, message: "two keys", position: Estate.position(40))
    progress.receive(.logged(project: "payments-prod", line))
    #expect(
      screen.text.contains(
        "\u{1b}[2Kwarn   payments-prod: two keys  (scripts/datadog-region-move.lua:40)\n\r\u{1b}[2K"
      )
    )
    #expect(screen.lastLine.hasPrefix("planning"))
  }

  @Test
  func `without a terminal there are only log lines and remarks`() {
    let progress = screen.progress(isTerminal: false)
    progress.receive(.began(stage: "planning", projects: 2))
    progress.receive(.ended(.changed))
    progress.receive(.logged(project: "p", LogLine(level: .info, message: "hello", position: nil)))
    progress.receive(.remark("a remark"))
    progress.receive(.finished)
    #expect(screen.text == "info   p: hello\na remark\n")
  }

  @Test
  func `lines below the least level are left out`() {
    let progress = screen.progress(isTerminal: false, leastLevel: .warn)
    for level in LogLine.Level.allCases {
      progress.receive(.logged(project: "p", LogLine(level: level, message: "m", position: nil)))
    }
    #expect(screen.text == "warn   p: m\nerror  p: m\n")
  }

  @Test
  func `log lines can be JSON`() {
    let progress = screen.progress(isTerminal: false, logFormat: .json)
    let line = LogLine(level: .error, message: "a \"b\"", position: Estate.position(3))
    progress.receive(.logged(project: "p", line))
    #expect(
      screen.text
        == #"{"at":"scripts/datadog-region-move.lua:3","level":"error","message":"a \"b\"","#
        + #""project":"p"}"# + "\n"
    )
  }

  @Test(arguments: [1, 12, 20, 30, 40, 60, 80, 200])
  func `it stays within the terminal's width`(columns: Int) {
    let progress = screen.progress(columns: columns)
    progress.receive(.began(stage: "applying with a stage of a very long name", projects: 100_000))
    for _ in 0..<30 {
      screen.advance(.seconds(1))
      progress.receive(.ended(.failed))
      progress.receive(.ended(.held))
      #expect(DisplayWidth.of(screen.lastLine) <= max(10, columns - 1))
    }
  }

  @Test
  func `the rate forgets what was long ago`() {
    var rate = MovingRate()
    for second in 0...100 { rate.note(second * 100, at: .seconds(second)) }
    for second in 101...120 { rate.note(10_000 + (second - 100), at: .seconds(second)) }
    let perSecond = rate.perSecond(done: 10_020, at: .seconds(120))
    #expect(perSecond.map { $0 < 1.5 } == true)
    #expect(MovingRate().perSecond(done: 5, at: .seconds(5)) == nil)
  }

  @Test(arguments: [
    (0.2, "1s"), (59.0, "59s"), (200, "3m 20s"), (7500, "2h 5m"), (1e300, "2400h 0m"),
  ])
  func `times left are told in one or two units`(seconds: Double, expected: String) {
    #expect(ProgressState.shown(seconds: seconds) == expected)
  }

  @Test
  func `it may be called from many tasks at once`() async {
    let progress = screen.progress()
    progress.receive(.began(stage: "planning", projects: 1000))
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<125 { progress.receive(.ended(.changed)) }
        }
      }
    }
    screen.advance(.seconds(2))
    progress.refresh()
    #expect(screen.lastLine.contains("1000/1000"))
  }
}
