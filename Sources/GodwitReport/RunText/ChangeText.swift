import GodwitCore

/// One changed field in words, for text and Markdown alike.
struct ChangeText {
  /// The field's name.
  let field: String
  /// The value before, for an update or a delete.
  let before: String?
  /// The value after, for a create or an update.
  let after: String?
  /// What has to be said beside, for example `83 different before`.
  let notes: [String]

  /// Puts a change of one operation into words.
  ///
  /// - Parameters:
  ///   - change: the change.
  ///   - operation: the operation that it is part of.
  ///   - befores: the values before in all projects of a group.
  ///   - afters: the values after in all projects of a group.
  ///   - limit: how many columns a value may have.
  init(
    _ change: FieldChange,
    of operation: Operation,
    befores: Variants = Variants(),
    afters: Variants = Variants(),
    limit: Int = 60
  ) {
    field = SafeText.line(change.field, limit: 60)
    before =
      operation.verb == .create ? nil : Self.before(change, limit: limit)
    after =
      operation.verb == .delete ? nil : Self.after(change, in: operation, limit: limit)
    var notes: [String] = []
    if let phrase = befores.phrase { notes.append(phrase + " before") }
    if let phrase = afters.phrase { notes.append(phrase + " after") }
    if change.isUnknowable { notes.append("cannot know whether it differs") }
    self.notes = notes
  }

  /// Before and after with an arrow between, or the one there is.
  var values: String {
    [before, after].compactMap { $0 }.joined(separator: " → ")
  }

  /// The notes with commas between; `nil` without any.
  var note: String? {
    notes.isEmpty ? nil : notes.joined(separator: ", ")
  }

  private static func before(_ change: FieldChange, limit: Int) -> String {
    if let before = change.before { return SafeText.value(before, limit: limit) }
    return change.isUnknowable ? "not shown" : "absent"
  }

  private static func after(
    _ change: FieldChange,
    in operation: Operation,
    limit: Int
  ) -> String {
    if let after = change.after { return SafeText.value(after, limit: limit) }
    if case .secret(let reference)? = operation.body?[change.field] {
      return SafeText.line(reference.description, limit: limit)
    }
    return "absent"
  }
}
