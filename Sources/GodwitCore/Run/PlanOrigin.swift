/// What is known of who planned a run, from the code that planning put into the run file.
public enum PlanOrigin: Sendable, Hashable {
  /// The plan was made with the key that this machine has.
  case proven
  /// The run file holds no code: it was planned without a key.
  case unsigned
  /// The plan was made with another key, of this id.
  case otherKey(id: String)
  /// The plan was made with a key, of this id, and this machine has none.
  case noKey(id: String)
}
