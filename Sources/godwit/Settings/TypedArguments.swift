/// The arguments of a command line, as far as settings have to know them.
struct TypedArguments {
  /// The command that is meant.
  var command: CommandShape
  /// Its path, for example `["runs", "copy"]`.
  var path: [String] = []
  /// The names of the long options that were typed, by long or short name.
  var typed: Set<String> = []
  /// The values that were typed for repeatable options of the form `NAME=VALUE`.
  var typedNames: [String: Set<String>] = [:]
  /// The first argument that is no option.
  var subject: String?
  /// Whether help or the version is asked for.
  var asksForHelp = false

  /// Reads arguments; `program` is what they are for.
  init(_ arguments: [String], of program: CommandShape) {
    command = program
    var rest = arguments[...]
    while let word = rest.first, let next = command.subcommands.first(where: { $0.name == word }) {
      command = next
      path.append(word)
      rest = rest.dropFirst()
    }
    if let name = command.defaultSubcommand,
      let next = command.subcommands.first(where: { $0.name == name })
    {
      command = next
      path.append(name)
    }
    read(rest)
  }

  private mutating func read(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let word = rest.popFirst() {
      if word == "--" {
        subject = subject ?? rest.first
        return
      }
      if ["--help", "-h", "--version", "help"].contains(word) { asksForHelp = true }
      guard word.hasPrefix("-"), word.count > 1 else {
        subject = subject ?? word
        continue
      }
      guard let (option, attached) = option(word) else { continue }
      typed.insert(option.name)
      guard option.takesValue else { continue }
      let value = attached ?? rest.popFirst()
      if let value, let name = value.split(separator: "=").first {
        typedNames[option.name, default: []].insert(String(name))
      }
    }
  }

  /// The option that a word names, and the value that is attached to it.
  private func option(_ word: String) -> (CommandShape.Option, String?)? {
    if word.hasPrefix("--") {
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, let option = command.option(name) else { return nil }
      return (option, parts.count > 1 ? parts[1] : nil)
    }
    let letters = word.dropFirst()
    guard let option = command.options.first(where: { $0.shortName == letters.first }) else {
      return nil
    }
    let attached = letters.dropFirst()
    return (option, attached.isEmpty ? nil : String(attached))
  }

  /// The commands whose subject is a run.
  private static let commandsOnRuns: Set<String> = [
    "show", "resume", "resolve", "revert", "report", "manual", "runs", "status", "pause",
    "continue", "stop", "set", "rehearse",
  ]

  /// Whether the command is about a run, which knows where it goes and what it was given.
  var isAboutRun: Bool {
    guard let name = path.first else { return false }
    return Self.commandsOnRuns.contains(name)
      || name == "apply" && subject?.hasSuffix(".lua") != true
  }

  /// The folder of the script; the folder in which the command is typed if there is none.
  var scriptFolder: String {
    guard let subject, subject.hasSuffix(".lua"), let slash = subject.lastIndex(of: "/") else {
      return "."
    }
    return slash == subject.startIndex ? "/" : String(subject[..<slash])
  }
}
