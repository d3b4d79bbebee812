import Foundation
import GodwitCore
import GodwitJournal
import GodwitRun

/// The folder `.godwit` beside which a command is typed: runs, and the simulator's world.
enum RunFolder {
  /// The folder.
  static let path = ".godwit"
  /// The folder of the runs in it.
  static let runs = ".godwit/runs"
  /// The ending of run files.
  static let ending = ".godwit"

  /// Makes the folders, open to the user alone and ignored by git.
  ///
  /// - Throws: ``RunError`` if they cannot be made.
  static func prepare() throws {
    let manager = FileManager.default
    do {
      let isNew = !manager.fileExists(atPath: path)
      try manager.createDirectory(
        atPath: runs,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
      if isNew {
        try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        try Data("*\n".utf8).write(to: URL(fileURLWithPath: path + "/.gitignore"))
      }
    } catch {
      throw RunError(
        Diagnostic(
          "the folder \(path) cannot be made",
          detail: error.localizedDescription,
          advice: "run godwit in a folder that you can write to, or name the file with --out"
        )
      )
    }
  }

  /// A name for a new run: when, what, and four digits that tell runs of one minute apart.
  static func newID(script: String, at seconds: Int64) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd-HHmm"
    let when = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
    let name = script.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let digits = String(UInt16.random(in: 0...UInt16.max), radix: 16)
    let suffix = String(repeating: "0", count: 4 - digits.count) + digits
    return "\(when)-\(String(name).prefix(40))-\(suffix)"
  }

  /// The file of a run kept here.
  static func file(of id: String) -> String { "\(runs)/\(id)\(ending)" }

  /// The file of a new run: the one that was named, or one that is kept here.
  ///
  /// - Throws: ``RunError`` if the folder cannot be made.
  static func file(of id: String, out: String?) throws -> String {
    if let out { return out }
    try prepare()
    return file(of: id)
  }

  /// The file that a person means by a path or by the name of a run.
  static func resolve(_ argument: String) -> String {
    if FileManager.default.fileExists(atPath: argument) { return argument }
    let kept = file(of: argument)
    return FileManager.default.fileExists(atPath: kept) ? kept : argument
  }

  /// How a run is named on a command line: by its name if it is kept here, else by its path.
  static func reference(to path: String) -> String {
    guard path.hasPrefix(runs + "/"), path.hasSuffix(ending) else { return Shell.quoted(path) }
    return String(path.dropFirst(runs.count + 1).dropLast(ending.count))
  }

  /// Removes an incomplete plan, which is no plan, so that its name can be planned over.
  ///
  /// What was planned completely, and what another process may still be planning, stays.
  static func removeIncomplete(_ path: String) {
    guard FileManager.default.fileExists(atPath: path),
      let file = try? RunFile.openForReading(path)
    else { return }
    let phase = try? file.info().phase
    try? file.close()
    if phase == .planning { try? FileManager.default.removeItem(atPath: path) }
  }

  /// The files of the runs kept here.
  static func files() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(runs)/\($0)" }
  }
}
