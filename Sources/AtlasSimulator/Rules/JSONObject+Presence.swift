import GodwitCore

extension JSONObject {
  /// Whether there is a member of this name, be it `null`.
  ///
  /// `object[name] == nil` would compare with JSON's `null`, which `nil` is a literal of.
  func has(_ name: String) -> Bool {
    self[name].map { _ in true } ?? false
  }
}
