import ArgumentParser
import Foundation
import GodwitCore
import GodwitReport
import GodwitRun

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

  /// Writes to stdout; when nobody reads any more, the rest is dropped.
  static func output(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes to stderr.
  static func note(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Tells what is wrong and what to do.
  static func tell(_ diagnostic: Diagnostic, style: TextStyle) {
    let word = diagnostic.severity == .error ? "Error" : "Warning"
    let color = diagnostic.severity == .error ? "31" : "33"
    let head = style.isColored ? "\u{1b}[1;\(color)m\(word):\u{1b}[0m" : "\(word):"
    var text = "\(head) \(escaped(diagnostic.line))\n"
    if let advice = diagnostic.advice { text += "  \(escaped(advice))\n" }
    note(text)
  }

  /// A text without control characters, which could paint the terminal.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        result += scalar == "\t" ? " " : "\\u{\(String(scalar.value, radix: 16))}"
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
  static func run(
    _ output: OutputOptions,
    _ work: () async throws -> ExitStatus
  ) async throws {
    let status: ExitStatus
    do {
      status = try await work()
    } catch let error as RunError {
      tell(error.diagnostic, style: output.errorStyle)
      status = error.status
    } catch let error as Diagnostic {
      tell(error, style: output.errorStyle)
      status = .couldNotStart
    }
    guard status == .success else { throw ExitCode(status.rawValue) }
  }
}
