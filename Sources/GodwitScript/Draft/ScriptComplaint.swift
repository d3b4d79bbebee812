internal import GodwitCore

/// What is wrong with a call of a script, in words for its author.
struct ScriptComplaint: Error, Hashable {
  /// What is wrong.
  var summary: String
  /// What to write instead.
  var advice: String?

  init(_ summary: String, advice: String? = nil) {
    self.summary = summary
    self.advice = advice
  }

  /// Both on one line.
  var message: String {
    advice.map { "\(summary); \($0)" } ?? summary
  }
}

extension ScriptComplaint {
  /// A type that neither the rules nor the project knows, with the nearest one that is known.
  init(unknown type: IntegrationType) {
    self.init(
      "unknown integration type \"\(type)\"",
      advice: Suggestion.advice(for: type.text, in: IntegrationRules.typeNames)
    )
  }
}
