import ArgumentParser
import GodwitCore

/// Secrets that the operator keeps, so that a delete can be taken back.
struct EscrowOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A secret that a delete takes with it, kept by you (repeatable).",
      valueName: "TYPE.field=ref"
    )
  )
  var escrow: [String] = []

  mutating func validate() throws {
    for escrow in escrow {
      let name = escrow.split(separator: "=", maxSplits: 1).first ?? ""
      guard escrow.contains("="), name.split(separator: ".").count == 2 else {
        throw ValidationError(
          "--escrow takes TYPE.FIELD=REF, for example DATADOG.apiKey=env:OLD_KEY."
        )
      }
    }
    try InputOptions.checkOnce(escrow, "--escrow")
  }

  /// Where the secrets are.
  ///
  /// - Throws: `Diagnostic` for a type or a field that is not known, with the nearest that is.
  func references() throws -> [EscrowReference] { try escrow.map(EscrowReference.init(parsing:)) }
}
