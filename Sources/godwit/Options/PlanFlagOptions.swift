import ArgumentParser
import GodwitCore
import GodwitScript

/// The flags that change how a script's writes are judged.
struct PlanFlagOptions: ParsableArguments {
  @Flag(
    name: .customLong("allow-unknown-fields"),
    help: "Let fields through that this version does not know."
  )
  var allowUnknownFields = false

  @Flag(
    name: .customLong("accept-silent-alerts"),
    help: "Delete integrations even where an alert would reach nobody any more."
  )
  var acceptSilentAlerts = false

  @Flag(
    name: .customLong("rewrite-secrets"),
    help: "Send secrets that show the same tail already."
  )
  var rewriteSecrets = false

  /// Those that were typed.
  var flags: Set<PlanFlag> {
    var flags: Set<PlanFlag> = []
    if allowUnknownFields { flags.insert(.allowUnknownFields) }
    if acceptSilentAlerts { flags.insert(.acceptSilentAlerts) }
    if rewriteSecrets { flags.insert(.rewriteSecrets) }
    return flags
  }
}

extension DraftPolicy {
  /// The policy of a plan: what the script may do, by these flags, with these secrets.
  init(
    may: May,
    flags: Set<PlanFlag>,
    book: SecretBook,
    escrow: [EscrowInput] = [],
    baseURL: String
  ) {
    self.init(
      may: may,
      fingerprints: book.fingerprints,
      escrow: escrow,
      allowsUnknownFields: flags.contains(.allowUnknownFields),
      rewritesSecrets: flags.contains(.rewriteSecrets),
      acceptsSilentAlerts: flags.contains(.acceptSilentAlerts),
      integrationsPage: "\(baseURL)/v2/{id}#/integrations"
    )
    ownFingerprints = { book.ownFingerprints(of: $0) }
  }
}
