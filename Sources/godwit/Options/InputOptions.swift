import ArgumentParser
import GodwitCore
import GodwitScript

/// The values that a script gets.
struct InputOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The value of a parameter (repeatable).", valueName: "name=value")
  )
  var param: [String] = []

  @Option(
    name: .customLong("params-file"),
    help: ArgumentHelp("Values from a TOML or JSON file.", valueName: "file")
  )
  var paramsFile: String?

  @Option(name: .customLong("preset-param"), help: .hidden)
  var presetParam: [String] = []

  @OptionGroup var secrets: SecretOptions

  @OptionGroup var escrow: EscrowOptions

  @Flag(name: .customLong("without-secrets"), help: "Plan without resolving any secret.")
  var withoutSecrets = false

  @OptionGroup var judging: PlanFlagOptions

  mutating func validate() throws {
    for param in param where !param.contains("=") || param.hasPrefix("=") {
      // What was typed may be a secret: it is not repeated.
      throw ValidationError("--param takes NAME=VALUE, for example from=US.")
    }
    try Self.checkOnce(param, "--param")
  }

  /// Checks names and types, and puts the values together.
  ///
  /// - Parameters:
  ///   - migration: declares the parameters.
  ///   - secretNames: the secrets that have a reference.
  ///   - columns: the columns of the targets file.
  /// - Returns: the values, checked.
  /// - Throws: `Diagnostic` that names the parameter.
  func inputs(
    for migration: Migration,
    secretNames: Set<String>,
    columns: Set<String>
  ) throws -> ScriptInputs {
    let names = migration.parameters.map(\.name)
    func spec(_ name: String, from place: String) throws -> ParameterSpec {
      if let spec = migration.parameter(name) { return spec }
      throw Diagnostic(
        "\(place): the migration \(migration.name) has no parameter \"\(name)\"",
        advice: names.isEmpty
          ? "it takes no parameters" : Suggestion.advice(for: name, in: names)
      )
    }
    var inputs = ScriptInputs(secretNames: secretNames)
    for text in param {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let spec = try spec(String(parts[0]), from: "--param")
      inputs.typed[spec.name] = try spec.value(fromText: String(parts[1]))
    }
    for (name, text) in Self.pairs(presetParam) {
      // A setting is for scripts in general: each takes what it knows.
      guard let spec = migration.parameter(name), spec.kind != .secret else { continue }
      inputs.fromFile[name] = try spec.value(fromText: text)
    }
    if let paramsFile {
      for (name, value) in try ParametersFile.read(paramsFile) {
        let spec = try spec(name, from: paramsFile)
        inputs.fromFile[name] = try spec.value(from: value)
      }
    }
    for name in secretNames.sorted() {
      guard try spec(name, from: "--secret").kind == .secret else {
        throw Diagnostic(
          "--secret: parameter \(name) is not a secret",
          advice: "give it with --param \(name)=…"
        )
      }
    }
    for spec in migration.parameters where spec.kind == .secret && columns.contains(spec.name) {
      throw Diagnostic(
        "the targets file has a column named like the secret parameter \(spec.name)",
        advice: "secrets come by reference only: --secret \(spec.name)=env:VARIABLE"
      )
    }
    for spec in migration.parameters where !columns.contains(spec.name) {
      let name = spec.name.lowercased()
      guard let column = columns.first(where: { $0.lowercased() == name }) else { continue }
      throw Diagnostic(
        "the targets file has a column \"\(column)\", and the parameter is called \(spec.name)",
        advice: "write the column's name as the parameter's"
      )
    }
    try checkSpelling(of: columns, migration, typed: Set(inputs.typed.keys))
    let missing = inputs.missing(migration.parameters, columns: columns)
    guard missing.isEmpty else { throw Self.complaint(missing) }
    return inputs
  }

  /// Refuses a column that is a slip of the keyboard away from a parameter which has no other value
  /// from the command line; further columns are the script's variables.
  private func checkSpelling(
    of columns: Set<String>,
    _ migration: Migration,
    typed: Set<String>
  ) throws {
    let names = Set(migration.parameters.map(\.name))
    for column in columns.subtracting(names).sorted() {
      let open = names.subtracting(columns).subtracting(typed).sorted()
      guard let name = open.first(where: { Suggestion.isSlip(column, of: $0) }) else { continue }
      throw Diagnostic(
        "the targets file has a column \"\(column)\", and the parameter is called \(name)",
        advice: "write the column's name as the parameter's, or call it otherwise"
      )
    }
  }

  /// Refuses two values for one name: which of them is meant, only the person who typed them knows.
  ///
  /// - Throws: `ValidationError` that names it, and shows no value.
  static func checkOnce(_ texts: [String], _ flag: String) throws {
    var seen: Set<String> = []
    for (name, _) in pairs(texts) where !seen.insert(name).inserted {
      throw ValidationError("\(flag) gives \(name) twice; give it once.")
    }
  }

  /// Texts of the form `NAME=VALUE`, taken apart.
  static func pairs(_ texts: [String]) -> [(name: String, value: String)] {
    texts.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  private static func complaint(_ missing: [ParameterSpec]) -> Diagnostic {
    let ways = missing.map { spec in
      spec.kind == .secret
        ? "--secret \(spec.name)=env:VARIABLE" : "--param \(spec.name)=VALUE"
    }
    let what = missing.map { $0.help.isEmpty ? $0.name : "\($0.name) (\($0.help))" }
    let noun = missing.count == 1 ? "parameter" : "parameters"
    return Diagnostic(
      "missing \(noun): \(what.joined(separator: ", "))",
      position: missing.first?.position,
      advice: "add " + ways.joined(separator: " ")
    )
  }
}

/// Where secrets are.
struct SecretOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      Where a secret is (repeatable): env:VAR, file:PATH, cmd:COMMAND, csv:FILE#COLUMN for a \
      value per project, or fake:hex32 for the simulator.
      """,
      valueName: "name=ref"
    )
  )
  var secret: [String] = []

  @Option(name: .customLong("preset-secret"), help: .hidden)
  var presetSecret: [String] = []

  @Flag(
    name: .customLong("accept-readable-secret-files"),
    help: "Take secrets from files that others can read."
  )
  var acceptReadableSecretFiles = false

  mutating func validate() throws {
    for secret in secret {
      let parts = secret.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        // What was typed may be the secret itself: it is not repeated.
        throw ValidationError("--secret takes NAME=REF, for example apiKey=env:DATADOG_KEY.")
      }
    }
    try InputOptions.checkOnce(secret, "--secret")
  }

  /// The references by name: typed ones, and presets for those that the script knows.
  func references(for known: Set<String>) -> [String: String] {
    var result = references
    for (name, reference) in presets
    where known.contains(name) && result[name] == nil {
      result[name] = reference
    }
    return result
  }

  /// The flags that a command on a run has to repeat, since no run file may have commands run.
  static func repeated(_ secrets: [SecretInput]) -> String {
    secrets.filter { SecretReader.isCommand($0.reference) }
      .map { " --secret " + Shell.quoted("\($0.name)=\($0.reference)") }
      .joined()
  }

  /// The references of settings, by name.
  var presets: [String: String] {
    Dictionary(
      InputOptions.pairs(presetSecret).map { ($0.name, $0.value) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The references that were typed, by name.
  var references: [String: String] {
    var result: [String: String] = [:]
    for secret in secret {
      let parts = secret.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      result[String(parts[0])] = String(parts[1])
    }
    return result
  }
}
