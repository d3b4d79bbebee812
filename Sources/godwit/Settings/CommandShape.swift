import ArgumentParser
import GodwitCore

/// The options of a command, as the parser of arguments describes them.
///
/// Settings are told from these, so that a new flag has its variable and its key by itself.
struct CommandShape {
  /// An option or flag with a long name.
  struct Option {
    var name: String
    var shortName: Character?
    /// Whether it takes a value.
    var takesValue: Bool
    var isRepeating: Bool
    /// Whether it is in the help.
    var isShown: Bool
  }

  var name: String
  var options: [Option]
  var subcommands: [CommandShape]
  var defaultSubcommand: String?

  /// The options by name.
  func option(_ name: String) -> Option? { options.first { $0.name == name } }

  /// The shape of a program; `nil` if its description is not understood.
  init?(of program: any ParsableCommand.Type) {
    guard let dump = try? JSONValue(parsing: Array(program._dumpHelp().utf8)),
      let command = dump.objectValue?["command"]?.objectValue
    else { return nil }
    self.init(command)
  }

  private init?(_ object: JSONObject) {
    guard let name = object["commandName"]?.stringValue else { return nil }
    self.name = name
    options = (object["arguments"]?.arrayValue ?? []).compactMap { Self.option($0.objectValue) }
    subcommands = (object["subcommands"]?.arrayValue ?? []).compactMap {
      $0.objectValue.flatMap { CommandShape($0) }
    }
    defaultSubcommand = object["defaultSubcommand"]?.stringValue
  }

  private static func option(_ object: JSONObject?) -> Option? {
    guard let object, let kind = object["kind"]?.stringValue, kind != "positional" else {
      return nil
    }
    let names = (object["names"]?.arrayValue ?? []).compactMap(\.objectValue)
    func name(_ kind: String) -> String? {
      names.first { $0["kind"]?.stringValue == kind }?["name"]?.stringValue
    }
    guard let long = name("long") else { return nil }
    return Option(
      name: long,
      shortName: name("short")?.first,
      takesValue: kind == "option",
      isRepeating: object["isRepeating"]?.boolValue ?? false,
      isShown: object["shouldDisplay"]?.boolValue ?? true
    )
  }

  /// The names of all options of the program that settings may give, in order.
  var settingNames: [String] {
    let own = options.filter { $0.isShown && !Self.isForTyping($0.name) }.map(\.name)
    return Set(own + subcommands.flatMap(\.settingNames)).sorted()
  }

  /// Whether an option must be typed: help, and all that lets a guard pass.
  ///
  /// A settings file may come with the script, so it does not change the script's limits either.
  static func isForTyping(_ name: String) -> Bool {
    if case .typed = SettingReach.all[name] { return true }
    return name.hasPrefix("accept-")
  }
}
