import GodwitCore

/// A secret that a delete takes with it, and where the operator keeps it.
struct EscrowReference {
  var type: IntegrationType
  var field: String
  var reference: String
}

extension EscrowReference {
  /// Reads `TYPE.field=ref`.
  ///
  /// - Throws: `Diagnostic` for a type or a field that is not known, with the nearest that is.
  init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].split(separator: ".").map(String.init)
    let type = IntegrationType(name[0])
    guard let rule = IntegrationRules.rule(for: type) else {
      throw Diagnostic(
        "--escrow: unknown integration type \"\(type)\"",
        advice: Suggestion.advice(for: type.text, in: IntegrationRules.typeNames)
      )
    }
    guard rule.field(name[1])?.secret != nil else {
      throw Diagnostic(
        "--escrow: \(type) has no secret field \"\(name[1])\"",
        advice: Suggestion.advice(for: name[1], in: rule.secretFields.map(\.name))
      )
    }
    self.init(type: type, field: name[1], reference: String(parts[1]))
  }
}

/// The secrets of a plan, with those that the operator keeps.
struct PlanSecrets {
  /// The secret parameters.
  let book: SecretBook
  /// What may be recorded of those that are kept.
  let escrow: [EscrowInput]
  /// All values, for the search of texts.
  let all: [SecretValue]

  /// Resolves references.
  ///
  /// - Parameters:
  ///   - references: by parameter name.
  ///   - escrow: what the operator keeps.
  ///   - reader: resolves them.
  ///   - resolves: whether the parameters' values are needed; what is kept always is.
  ///   - key: the run file's key.
  /// - Throws: `Diagnostic` for the first that cannot be resolved.
  init(
    _ references: [String: String],
    escrow: [EscrowReference],
    reader: SecretReader,
    resolves: Bool = true,
    key: [UInt8]
  ) throws {
    book = try SecretBook(references, reader: resolves ? reader : nil, key: key)
    var inputs: [EscrowInput] = []
    var values = book.all
    for kept in escrow {
      let name = "\(kept.type).\(kept.field)"
      let value = try reader.value(of: name, at: kept.reference)
      values.append(value)
      inputs.append(
        EscrowInput(
          type: kept.type,
          field: kept.field,
          secret: SecretInput(
            name: name,
            reference: kept.reference,
            fingerprint: value.fingerprint,
            keyedHash: value.keyedHash(key: key)
          )
        )
      )
    }
    self.escrow = inputs
    all = values
  }
}
