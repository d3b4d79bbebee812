import ArgumentParser
import GodwitCore

/// What `run` takes.
struct AutomationOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("A parameter, as text (repeatable).", valueName: "name=value")
  )
  var param: [String] = []

  @Option(name: .customLong("preset-param"), help: .hidden)
  var presetParam: [String] = []

  @OptionGroup var secrets: SecretOptions

  @OptionGroup var escrow: EscrowOptions
  @OptionGroup var file: RunFileOptions
  @OptionGroup var judging: PlanFlagOptions

  mutating func validate() throws {
    for text in param {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--param takes NAME=VALUE, for example region=EU.")
      }
    }
    try InputOptions.checkOnce(param, "--param")
    let typed = Set(InputOptions.pairs(param).map(\.name))
    for name in secrets.references.keys where typed.contains(name) {
      throw ValidationError("\(name) is given by --param and by --secret.")
    }
  }

  /// The values of `--param`, as text, over those of settings.
  var texts: JSONObject {
    var result: JSONObject = [:]
    for (name, value) in InputOptions.pairs(presetParam) { result[name] = .string(value) }
    for (name, value) in InputOptions.pairs(param) { result[name] = .string(value) }
    return result
  }
}
