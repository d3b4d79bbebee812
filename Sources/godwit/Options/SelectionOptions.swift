import ArgumentParser
import Foundation
import GodwitCore
import GodwitRun

/// Which projects a command is for.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only this project (repeatable); * stands for any text.",
      valueName: "id|name|glob"
    )
  )
  var project: [String] = []

  @Option(name: .long, help: ArgumentHelp("Only this organization (repeatable).", valueName: "id"))
  var org: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Only projects with this tag (repeatable).", valueName: "key=value")
  )
  var tag: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Only projects with this integration (repeatable).", valueName: "type")
  )
  var has: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Leave this project out (repeatable).", valueName: "id|name|glob")
  )
  var exclude: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Projects from a file: one a line, or CSV with a header; - is stdin.",
      valueName: "file"
    )
  )
  var targets: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "At most this many of the projects that all other choices, and select, leave.",
      valueName: "n"
    )
  )
  var limit: Int?

  @Flag(
    name: .customLong("allow-empty"),
    help: "Accept a choice of projects that matches none."
  )
  var allowEmpty = false

  /// Whether anything was chosen.
  var isEmpty: Bool {
    project.isEmpty && org.isEmpty && tag.isEmpty && has.isEmpty && exclude.isEmpty
      && targets == nil && limit == nil
  }

  mutating func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1 on.") }
    for tag in tag where !tag.contains("=") {
      throw ValidationError("--tag takes KEY=VALUE, not \"\(tag)\".")
    }
    for type in has where IntegrationRules.rule(for: IntegrationType(type)) == nil {
      throw ValidationError(
        "--has: unknown integration type \"\(type)\"; "
          + Suggestion.advice(for: type, in: IntegrationRules.typeNames)
      )
    }
  }

  /// Takes the organization of the environment or the profile where none is named.
  ///
  /// - Throws: `Diagnostic` if a profile is named that is not there.
  mutating func narrow(by connection: ConnectionOptions) throws {
    guard org.isEmpty else { return }
    if let id = try AtlasAccess.narrowing(connection) { org = [id] }
  }

  /// The selection as meant.
  ///
  /// - Throws: `Diagnostic` for a targets file that cannot be read.
  func selection() throws -> Selection {
    var selection = Selection()
    selection.projects = project
    selection.organizations = org
    selection.tags = tag.map { tag in
      let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), String(parts[1]))
    }
    selection.has = has.map { IntegrationType($0) }
    selection.excluded = exclude
    selection.limit = limit
    selection.allowsEmpty = allowEmpty
    if let targets { selection.targets = try TargetsFile.read(targets) }
    return selection
  }

  /// The selection as typed, for the head of the plan.
  var summary: String {
    var words: [String] = []
    for (flag, values) in [
      ("--project", project), ("--org", org), ("--tag", tag), ("--has", has),
      ("--exclude", exclude), ("--targets", targets.map { [$0] } ?? []),
      ("--limit", limit.map { ["\($0)"] } ?? []),
    ] {
      for value in values { words.append("\(flag) \(Shell.quoted(value))") }
    }
    return words.joined(separator: " ")
  }
}

/// Text for a shell.
enum Shell {
  /// A word that a shell takes as it is.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:@%+,".contains($0)) }
    if isPlain { return word }
    guard word.unicodeScalars.contains(where: isUnprintable) else {
      return "'" + word.replacing("'", with: "'\\''") + "'"
    }
    return "$'" + word.utf8.map(escaped).joined() + "'"
  }

  /// Whether a scalar could change what a terminal shows, so that quotes alone are not enough.
  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// A byte inside `$'…'`, which bash, zsh and ksh understand.
  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
    case 0x20..<0x7F: String(UnicodeScalar(byte))
    default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
