import Foundation
import GodwitCore
import GodwitJournal
import GodwitRun
import GuardedFiles

/// The folder `.godwit` beside which a command is typed: runs, and the simulator's world.
enum RunFolder {
  /// The folder.
  static let path = ".godwit"
  /// The folder of the runs in it.
  static let runs = ".godwit/runs"
  /// The ending of run files.
  static let ending = ".godwit"

  /// Makes the folders where they are missing, open to the user alone and ignored by git.
  ///
  /// - Throws: ``RunError`` if they cannot be made, or what is there must not be used.
  static func prepare() throws {
    for folder in [path, runs] {
      try check(folder)
      guard FileStanding(of: folder) == nil else { continue }
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
        throw RunError(
          Diagnostic(
            "the folder \(folder) cannot be made",
            detail: String(cString: strerror(errno)),
            advice: "run godwit in a folder that you can write to, or name the file with --out"
          )
        )
      }
    }
    // An umask may have taken bits from the owner.
    try check()
    try IgnoreFile(folder: path).prepare()
  }

  /// Checks that the folders, where they are there, are the user's own and closed to others.
  ///
  /// Permissions of a folder of one's own are mended, and that is said.
  ///
  /// - Throws: ``RunError`` for a link, a file, and the folder of another user.
  static func check() throws {
    for folder in [path, runs] { try check(folder) }
  }

  private static func check(_ folder: String) throws {
    guard let standing = FileStanding(of: folder) else { return }
    if let problem = problem(with: standing) {
      throw RunError(
        Diagnostic(
          "\(folder) \(problem)",
          advice: "runs hold what is sent with your credentials: "
            + (standing.kind == .folder
              ? "run godwit as that user, or in a folder of your own"
              : "remove it, or run godwit in another folder")
        )
      )
    }
    if standing.mode & 0o7777 != 0o700 { try close(folder, standing) }
  }

  private static func problem(with standing: FileStanding) -> String? {
    switch standing.kind {
    case .folder where standing.isOwn: nil
    case .folder: "belongs to \(standing.ownerName), and you are \(FileStanding.userName)"
    case .link: "is a link, so that runs would be kept elsewhere"
    case .regular, .other: "is not a folder"
    }
  }

  /// Gives a folder mode 0700, unless another one has taken its place meanwhile.
  private static func close(_ folder: String, _ standing: FileStanding) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    defer { if descriptor >= 0 { _ = Foundation.close(descriptor) } }
    guard descriptor >= 0, FileStanding(ofDescriptor: descriptor)?.identity == standing.identity,
      fchmod(descriptor, 0o700) == 0
    else {
      throw RunError(
        Diagnostic(
          "\(folder) is open to others (mode \(String(standing.mode, radix: 8))), and cannot be closed",
          detail: String(cString: strerror(errno)),
          advice: "chmod 700 it"
        )
      )
    }
    guard standing.isOpenToOthers else { return }
    Console.note(
      "Note: \(folder) was open to others (mode \(String(standing.mode, radix: 8)));"
        + " now it is open to you alone.\n"
    )
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

  /// The file that a person means by a path, by the name of a run or the beginning of one, or by
  /// `latest`.
  ///
  /// - Throws: ``RunError`` if it is kept in a folder that must not be used, or for a beginning that
  ///   fits several runs.
  static func resolve(_ argument: String) throws -> String {
    guard FileStanding(of: argument) == nil, !argument.hasSuffix(".lua") else { return argument }
    let kept = file(of: argument)
    if FileManager.default.fileExists(atPath: kept) {
      try check()
      return kept
    }
    guard FileManager.default.fileExists(atPath: runs) else { return argument }
    return try RunName.file(meaning: argument, among: files()) ?? argument
  }

  /// How a run is named on a command line: by its name if it is kept here, else by its path.
  static func reference(to path: String) -> String {
    guard path.hasPrefix(runs + "/"), path.hasSuffix(ending) else { return Shell.quoted(path) }
    return Shell.quoted(String(path.dropFirst(runs.count + 1).dropLast(ending.count)))
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
  ///
  /// - Throws: ``RunError`` if they are kept in a folder that must not be used.
  static func files() throws -> [String] {
    try check()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(runs)/\($0)" }
  }
}
