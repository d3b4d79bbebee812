import ArgumentParser
import Foundation
import GodwitCore
import GodwitReport
import GodwitRun
import Synchronization

/// The terminal, or what stands in its place: results on stdout, all else on stderr.
enum Console {
  /// Whether a descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The width of the terminal on stderr, in columns.
  static func columns() -> Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Why stdout could not be written, unless nobody reads it any more.
  private static let outputFailure = Mutex<String?>(nil)

  /// Writes to stdout; when nobody reads any more, the rest is dropped.
  static func output(_ text: String) {
    let code = write(text, to: STDOUT_FILENO)
    guard code != 0, code != EPIPE else { return }
    outputFailure.withLock { $0 = String(cString: strerror(code)) }
  }

  /// Writes what a script prints: as it is into a file or a pipe, escaped on a terminal, where it
  /// could otherwise move the cursor or hide text.
  static func print(_ text: String) {
    guard isTerminal(STDOUT_FILENO) else { return output(text + "\n") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    output(lines.map { escaped(String($0), keepingTabs: true) }.joined(separator: "\n") + "\n")
  }

  /// Writes to stderr.
  static func note(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Writes all of a text; gives the error number, 0 for none.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return errno }
      bytes = bytes.dropFirst(count)
    }
    return 0
  }

  /// Tells what is wrong and what to do, in the form of log lines.
  static func tell(_ diagnostic: Diagnostic, _ output: OutputOptions) {
    if output.logFormat == .json {
      note(ProgressLine.jsonLine(diagnostic) + "\n")
      return
    }
    let style = output.errorStyle
    let word = diagnostic.severity == .error ? "Error" : "Warning"
    let color = diagnostic.severity == .error ? "31" : "33"
    let head = style.isColored ? "\u{1b}[1;\(color)m\(word):\u{1b}[0m" : "\(word):"
    var text = "\(head) \(escaped(diagnostic.line))\n"
    if let advice = diagnostic.advice { text += "  \(escaped(advice))\n" }
    note(text)
  }

  /// A text without control characters, which could paint the terminal.
  static func escaped(_ text: String, keepingTabs: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        if scalar == "\t" {
          result += keepingTabs ? "\t" : " "
        } else {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Asks for an answer on the terminal.
  ///
  /// - Parameters:
  ///   - question: the question.
  ///   - stop: ends the waiting.
  /// - Returns: `nil` at the end of input, or when it is to stop.
  static func ask(_ question: String, until stop: StopSignal) -> String? {
    note(question)
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&input, 1, 50) <= 0 {
      if stop.isStopping { return nil }
    }
    return readLine()?.trimmingCharacters(in: .whitespaces)
  }

  /// Runs a command's work; an error is told and becomes its exit status.
  ///
  /// - Parameters:
  ///   - output: how it shows what it has to say.
  ///   - mayWrite: whether it writes to Atlas; then a result that could not be printed is told and
  ///     does not change how it ends.
  ///   - work: the work.
  /// - Throws: the exit code, unless it is 0.
  static func run(
    _ output: OutputOptions,
    mayWrite: Bool = false,
    _ work: () async throws -> ExitStatus
  ) async throws {
    var status: ExitStatus
    do {
      status = try await work()
    } catch let error as RunError {
      tell(error.diagnostic, output)
      status = error.status
    } catch let error as Diagnostic {
      tell(error, output)
      status = .couldNotStart
    }
    if let reason = outputFailure.withLock({ $0 }) {
      tell(Diagnostic("stdout is incomplete: \(reason)"), output)
      if status == .success, !mayWrite { status = .couldNotStart }
    }
    guard status == .success else { throw ExitCode(status.rawValue) }
  }
}
