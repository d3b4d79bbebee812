internal import GodwitCore

/// What an operation will change, told from the image before and the image after.
struct ImageDifference {
  var changes: [FieldChange] = []
  var unchangedSecrets: [UnchangedSecret] = []

  /// Compares two images.
  ///
  /// - Parameters:
  ///   - type: the integration type.
  ///   - before: what Atlas shows; `nil` if there is no integration.
  ///   - after: what Atlas will show; `nil` if there will be none.
  ///   - supplied: the secret fields that are sent, with what is sent.
  ///   - policy: what is known of the secrets, and whether equal ones count.
  init(
    _ type: IntegrationType,
    before: JSONObject?,
    after: JSONObject?,
    supplied: JSONObject,
    policy: DraftPolicy
  ) {
    let before = before ?? [:]
    let after = after ?? [:]
    let names = Set(before.keys).union(after.keys).union(supplied.keys)
    for name in names.sorted(by: { $0.bytesPrecede($1) }) {
      if case .secret(let reference)? = supplied[name] {
        add(type, name, reference, before[name], after[name], policy)
      } else if supplied[name] == .null, before[name] == nil, after[name] == nil {
        // Cleared, and never shown: nobody can tell whether there was something.
        let isHidden = IntegrationRules.rule(for: type)?.field(name)?.secret == .absent
        if isHidden {
          changes.append(FieldChange(field: name, before: nil, after: nil, isUnknowable: true))
        }
      } else if !ImageComparison.isSame(before[name], after[name]) {
        changes.append(FieldChange(field: name, before: before[name], after: after[name]))
      }
    }
  }

  /// Whether neither a change nor an unchanged secret is told of a field.
  func isSilent(about field: String) -> Bool {
    !changes.contains { $0.field == field } && !unchangedSecrets.contains { $0.field == field }
  }

  private mutating func add(
    _ type: IntegrationType,
    _ name: String,
    _ reference: SecretReference,
    _ before: JSONValue?,
    _ after: JSONValue?,
    _ policy: DraftPolicy
  ) {
    let shownAfter = after ?? .secret(reference)
    guard let fingerprint = policy.fingerprints[reference.name] else {
      changes.append(
        FieldChange(field: name, before: before, after: shownAfter, isUnknowable: true)
      )
      return
    }
    let display = policy.display(of: name, in: type)
    guard display == .tail || display == .url else {
      changes.append(
        FieldChange(field: name, before: before, after: shownAfter, isUnknowable: true)
      )
      return
    }
    guard case .masked(let masked)? = before else {
      changes.append(FieldChange(field: name, before: before, after: shownAfter))
      return
    }
    switch masked.matches(fingerprint) {
    case true?:
      unchangedSecrets.append(UnchangedSecret(type: type, field: name, tail: masked.tail))
      if policy.rewritesSecrets {
        changes.append(FieldChange(field: name, before: before, after: shownAfter))
      }
    case false?: changes.append(FieldChange(field: name, before: before, after: shownAfter))
    case nil:
      changes.append(
        FieldChange(field: name, before: before, after: shownAfter, isUnknowable: true)
      )
    }
  }
}
