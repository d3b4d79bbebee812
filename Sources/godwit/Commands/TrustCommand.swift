import ArgumentParser
import Foundation
import GodwitCore
import GuardedFiles

/// `godwit trust [FILE]`.
struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Allow a godwit.toml beside a script to run commands and read files.",
    discussion: """
      A godwit.toml may come with a script that somebody else wrote. Until you trust it, godwit \
      refuses settings of it that run commands, read files outside its folder, decide where \
      credentials go, or weaken a guard. Trust holds for the file at this path with its present \
      content: a changed file has to be trusted again. What is allowed is printed.
      """
  )

  @Argument(help: "The file, or the folder that it is in (default: ./godwit.toml).")
  var file: String?

  @Flag(name: .long, help: "Take the trust in the file back.")
  var revoke = false

  @Flag(name: .long, help: "List the files that you trust.")
  var list = false

  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    if list, revoke || file != nil {
      throw ValidationError("--list lists all files; leave FILE and --revoke out.")
    }
  }

  func run() async throws {
    let command = self
    try await Console.run(output) {
      let environment = ProcessInfo.processInfo.environment
      if command.list {
        try command.printList(environment)
      } else if command.revoke {
        try command.revoke(environment)
      } else {
        try command.trust(environment)
      }
      return .success
    }
  }

  /// The file that is meant.
  private var path: String {
    guard let file else { return SettingsFile.name }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { return file }
    return file.hasSuffix("/") ? file + SettingsFile.name : file + "/" + SettingsFile.name
  }

  private func trust(_ environment: [String: String]) throws {
    let path = path
    guard let program = CommandShape(of: Godwit.self),
      let file = try SettingsFile.read(path, of: program), let entry = file.entry
    else {
      throw Diagnostic("there is no file \(path)", advice: "name the godwit.toml to trust")
    }
    guard URL(fileURLWithPath: path).lastPathComponent == SettingsFile.name else {
      throw Diagnostic(
        "\(path) is not called \(SettingsFile.name), so that no command reads settings from it",
        advice: "name the godwit.toml beside the script"
      )
    }
    let concerns = SettingsTrust(file, environment: environment).concerns
    try TrustStore(environment: environment).trust(entry)
    if output.output == .json {
      Console.output(Self.json(entry, concerns).encodedString() + "\n")
      return
    }
    var text = "Trusted: \(Console.escaped(entry.path))\n"
    for concern in concerns { text += "  \(Console.escaped(concern.words))\n" }
    if concerns.isEmpty { text += "  Nothing in it needs trust.\n" }
    Console.output(
      text + "This holds until the file changes. To take it back:\n  "
        + SettingsTrust.command(for: path) + " --revoke\n"
    )
  }

  private static func json(
    _ entry: TrustStore.Entry,
    _ concerns: [SettingsTrust.Concern]
  ) -> JSONValue {
    let allowed = concerns.map { concern in
      JSONValue.object([
        "line": concern.line.map { .number(JSONNumber(Int64($0))) } ?? .null,
        "key": .string(concern.key),
        "value": concern.value.map { .string($0) } ?? .null,
        "effect": .string(concern.effect),
      ])
    }
    return .object([
      "formatVersion": 1, "path": .string(entry.path), "sha256": .string(entry.sha256),
      "allowed": .array(allowed),
    ])
  }

  private func revoke(_ environment: [String: String]) throws {
    guard let canonical = FolderBorder.canonical(path),
      try TrustStore(environment: environment).revoke(canonical)
    else {
      throw Diagnostic(
        "\(path) is not a file that you trust",
        advice: "`godwit trust --list` lists those that you trust"
      )
    }
    let object: JSONObject = [
      "formatVersion": 1, "path": .string(canonical), "state": "revoked",
    ]
    Console.output(
      output.output == .json
        ? JSONValue.object(object).encodedString() + "\n"
        : "No longer trusted: \(Console.escaped(canonical))\n"
    )
  }

  private func printList(_ environment: [String: String]) throws {
    let program = CommandShape(of: Godwit.self)
    let files = try TrustStore(environment: environment).entries().map { entry in
      let now = program.flatMap { try? SettingsFile.read(entry.path, of: $0) }?.entry
      let isThere = FileStanding(of: entry.path) != nil
      return (entry, now == entry ? "trusted" : isThere ? "changed" : "missing")
    }
    if output.output == .json {
      let values = files.map { entry, state in
        JSONValue.object([
          "path": .string(entry.path), "sha256": .string(entry.sha256), "state": .string(state),
        ])
      }
      let object: JSONObject = ["formatVersion": 1, "files": .array(values)]
      Console.output(JSONValue.object(object).encodedString() + "\n")
      return
    }
    guard !files.isEmpty else {
      Console.output("You trust no files.\n")
      return
    }
    let lines = files.map { entry, state in
      state.padding(toLength: 9, withPad: " ", startingAt: 0) + Console.escaped(entry.path)
    }
    Console.output(lines.joined(separator: "\n") + "\n")
  }
}
