internal import GodwitCore

/// What an operation will change, told from the image before and the image after.
struct ImageDifference {
  var changes: [FieldChange] = []
  var unchangedSecrets: [UnchangedSecret] = []

  /// Compares two images.
  ///
  /// Of a create every field that is sent counts, and of a delete every field that is lost, whatever
  /// it holds. Of an update count the fields that come to mean something else; where there are any,
  /// those are told of too that are sent as false or empty where they were absent, or the reverse.
  /// Those alone make no update: left out, Atlas takes them for false or empty.
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
    let isWhole = before == nil || after == nil
    var quiet: Set<String> = []
    let before = before ?? [:]
    let after = after ?? [:]
    let names = Set(before.keys).union(after.keys).union(supplied.keys)
    for name in names.sorted(by: { $0.bytesPrecede($1) }) {
      if case .secret(let reference)? = supplied[name] {
        add(type, name, reference, before[name], after[name], policy)
      } else if !isWhole, supplied[name] == .null, before[name] == nil, after[name] == nil {
        // Cleared, and never shown: nobody can tell whether there was something.
        let isHidden = IntegrationRules.rule(for: type)?.field(name)?.secret == .absent
        if isHidden {
          changes.append(FieldChange(field: name, before: nil, after: nil, isUnknowable: true))
        }
      } else if !ImageComparison.isSame(before[name], after[name])
        || (before[name] == nil) != (after[name] == nil)
      {
        if ImageComparison.isSame(before[name], after[name]) { quiet.insert(name) }
        changes.append(FieldChange(field: name, before: before[name], after: after[name]))
      }
    }
    if !isWhole, changes.allSatisfy({ quiet.contains($0.field) }) { changes = [] }
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
      unchangedSecrets.append(UnchangedSecret(type: type, field: name, tail: masked.shownTail))
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
