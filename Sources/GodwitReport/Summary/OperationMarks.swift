import GodwitCore

/// What tells operations of one project apart whose words are the same: those on several alert
/// configurations of one event type.
enum OperationMarks {
  /// A mark for each operation, to follow its words; empty where the words say enough.
  ///
  /// - Parameters:
  ///   - operations: a project's, in their order.
  ///   - namesIDs: whether the ends of ids are told; not where the operations stand for those of
  ///     several projects, whose ids differ. Then it is counted.
  /// - Returns: for example `…0000a1`, `new`, or `2 of 3`.
  static func marks(_ operations: [Operation], namesIDs: Bool) -> [String] {
    let names = operations.map { $0.target.alert == nil ? "" : $0.target.description }
    return operations.indices.map { index in
      let alike = names.indices.filter { names[$0] == names[index] }
      guard let alert = operations[index].target.alert, alike.count > 1 else { return "" }
      guard namesIDs else {
        return "\((alike.firstIndex(of: index) ?? 0) + 1) of \(alike.count)"
      }
      return alert.id.map { "…" + $0.text.suffix(6) } ?? "new"
    }
  }
}
