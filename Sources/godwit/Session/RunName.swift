import Foundation
import GodwitCore
import GodwitJournal
import GodwitRun

/// Finding a kept run by less than its whole name.
enum RunName {
  /// The name that stands for the newest run.
  static let latest = "latest"
  /// How many runs an ambiguous beginning shows.
  private static let shown = 5

  /// The file of the only run that an argument can mean: `latest`, or the beginning of a name.
  ///
  /// - Returns: `nil` if no kept run fits.
  /// - Throws: ``RunError`` for a beginning that fits several runs.
  static func file(meaning argument: String, among files: [String]) throws -> String? {
    if argument == latest { return newest(of: files) }
    guard !argument.isEmpty, !argument.contains("/") else { return nil }
    let fitting = files.filter { name(of: $0).hasPrefix(argument) }
    guard fitting.count > 1 else { return fitting.first }
    let more = fitting.count > shown ? " and \(fitting.count - shown) more" : ""
    throw RunError(
      Diagnostic(
        "the name \"\(argument)\" fits \(fitting.count) runs",
        detail: fitting.prefix(shown).map(name).joined(separator: ", ") + more,
        advice: "give more of the name"
      )
    )
  }

  private static func name(of path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }

  /// Names begin with the minute in which planning began; within a minute the heads decide.
  private static func newest(of files: [String]) -> String? {
    let minuteLength = "2026-11-21-1504".count
    guard let last = files.map({ name(of: $0).prefix(minuteLength) }).max() else { return nil }
    let candidates = files.filter { name(of: $0).hasPrefix(last) }
    guard candidates.count > 1 else { return candidates.first }
    return candidates.max { created($0) < created($1) }
  }

  private static func created(_ path: String) -> Int64 {
    guard let file = try? RunFile.openForReading(path) else { return 0 }
    defer { try? file.close() }
    return (try? file.info().createdSeconds) ?? 0
  }
}
