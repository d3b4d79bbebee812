public import GodwitCore

/// Tells of the secrets that operations would send whether Atlas takes them in those fields.
///
/// Only what is sent is judged: a secret that shows the same already is not.
struct SecretFit {
  /// A secret in its place.
  struct Use {
    /// How people are told of the field, for example `DATADOG.apiKey`.
    var field: String
    var rule: FieldRule
    var reference: SecretReference
    var content: SecretContent
    var position: ScriptPosition?
  }

  /// The uses of secrets whose values are at hand, in fields that have rules.
  let uses: [Use]

  init(_ operations: [Operation], fingerprints: [String: SecretFingerprint]) {
    uses = operations.flatMap { Self.uses(in: $0, fingerprints) }
  }

  private static func uses(
    in operation: Operation,
    _ fingerprints: [String: SecretFingerprint]
  ) -> [Use] {
    func uses(
      _ fields: JSONObject?,
      of owner: String,
      _ rule: (String) -> FieldRule?
    ) -> [Use] {
      (fields ?? [:]).compactMap { name, value in
        guard case .secret(let reference) = value, let rule = rule(name),
          let content = fingerprints[reference.name]?.content
        else { return nil }
        return Use(
          field: "\(owner).\(name)",
          rule: rule,
          reference: reference,
          content: content,
          position: operation.position
        )
      }
    }
    switch operation.target {
    case .integration(let type):
      let rule = IntegrationRules.rule(for: type)
      return uses(operation.body, of: type.text) { rule?.field($0) }
    case .alert:
      let all = (operation.body?["notifications"]?.arrayValue ?? []).compactMap(\.objectValue)
      return all.flatMap { notification -> [Use] in
        guard let rule = NotificationRules.rule(of: notification) else { return [] }
        return uses(notification, of: "notifications[\(rule.typeName)]") { rule.field($0) }
      }
    case .request: return []
    }
  }

  /// The first that Atlas would refuse for certain, and where the script sends it.
  var refusal: (complaint: Diagnostic, position: ScriptPosition?)? {
    for use in uses {
      if let form = use.rule.demands, !use.content.forms.contains(form) {
        let complaint = Diagnostic(
          "\(use.field) takes \(form.words), and the secret \(use.reference.name) is not that",
          advice: "Atlas would refuse it: check what the reference leads to"
        )
        return (complaint, use.position)
      }
      // A template is text of several lines.
      if !use.content.isOneLine, use.rule.secret != .stars {
        let complaint = Diagnostic(
          "\(use.field) takes one line, and the secret \(use.reference.name) has several",
          advice: "check what the reference leads to"
        )
        return (complaint, use.position)
      }
    }
    return nil
  }

  /// What looks wrong and may be right.
  var remarks: [String] {
    uses.compactMap { use in
      guard let form = use.rule.usualForm, !use.content.forms.contains(form) else { return nil }
      return "\(use.field) is mostly \(form.words), and the secret \(use.reference.name) is not: "
        + "Atlas may refuse it."
    }
  }
}

extension DraftPolicy {
  /// What looks wrong in the secrets that a plan sends and may be right, a sentence each.
  public func remarks(on plan: ProjectPlan) -> [String] {
    guard !plan.operations.isEmpty else { return [] }
    return SecretFit(plan.operations, fingerprints: adapted(to: plan.project).fingerprints).remarks
  }
}

extension ProjectDraft {
  /// What is wrong with a secret that the plan would send: the project has no value of it, or one
  /// that Atlas would refuse.
  var unfitSecret: (complaint: Diagnostic, position: ScriptPosition?)? {
    if let missingSecret { return (missingSecret, nil) }
    return SecretFit(operations, fingerprints: policy.fingerprints).refusal
  }
}
