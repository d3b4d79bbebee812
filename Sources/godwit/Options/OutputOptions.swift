import ArgumentParser
import Foundation
import GodwitCore
import GodwitReport

/// How a command shows what it has to say.
struct OutputOptions: ParsableArguments {
  /// The form of the result.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  /// The form of log lines.
  enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Option(name: [.customShort("o"), .long], help: "The form of the result on stdout.")
  var output: Format = .text

  @Option(name: .customLong("log-format"), help: "The form of log lines on stderr.")
  var logFormat: LogFormat = .text

  @Flag(name: .customLong("no-color"), help: "Write without colours (as does NO_COLOR).")
  var noColor = false

  /// How to say something before the options are read.
  static var plain: OutputOptions {
    var options = OutputOptions()
    options.output = .text
    options.logFormat = .text
    options.noColor = true
    return options
  }

  private func style(_ descriptor: Int32) -> TextStyle {
    let isPlain = noColor || ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty == false
    return TextStyle(isColored: !isPlain && Console.isTerminal(descriptor), width: 100)
  }

  /// How results look.
  var style: TextStyle { style(STDOUT_FILENO) }

  /// How everything else looks.
  var errorStyle: TextStyle { style(STDERR_FILENO) }

  /// A progress line on stderr.
  func progress() -> ProgressLine {
    let start = ContinuousClock.now
    return ProgressLine(
      isTerminal: Console.isTerminal(STDERR_FILENO),
      style: errorStyle,
      logFormat: logFormat == .json ? .json : .text,
      columns: { Console.columns() },
      now: { start.duration(to: .now) },
      write: { Console.note($0) }
    )
  }
}

extension ProgressLine {
  /// Keeps rate and time left true while nothing ends, for the time of a piece of work.
  func ticking<Result>(_ work: () async throws -> Result) async rethrows -> Result {
    let ticker = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        refresh()
      }
    }
    defer { ticker.cancel() }
    return try await work()
  }
}
