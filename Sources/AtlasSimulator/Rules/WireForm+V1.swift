import GodwitCore

extension WireForm {
  /// The JSON text of a stored integration as API v1.0 answers it; `nil` for a type it does not know.
  ///
  /// Without an `id`; SLACK's channel is an empty text when unset; PROMETHEUS has a `scheme`, which
  /// the world does not keep (pages of API v1.0).
  static func v1(
    type: String,
    document: JSONObject,
    masking: SimulatorConfiguration.V1Masking
  ) -> String? {
    guard let rule = TypeRules.rule(for: type, in: .v1) else { return nil }
    var members: JSONObject = ["type": .string(type)]
    for field in rule.fields {
      guard let value = document[field.name] else { continue }
      members[field.name] = field.shownInV1(value, of: type, masking)
    }
    if type == "SLACK", members["channelName"] == nil { members["channelName"] = "" }
    if type == "PROMETHEUS" { members["scheme"] = "http" }
    return String(json: .object(members))
  }
}

extension FieldRule {
  /// A value of this field as API v1.0 answers it; `nil` for what is never answered.
  func shownInV1(
    _ value: JSONValue,
    of type: String,
    _ masking: SimulatorConfiguration.V1Masking
  ) -> JSONValue? {
    switch (masking, exposure) {
    case (_, .never): return nil
    case (.clear, _): return value
    case (.documented, .key):
      guard type != "FLOWDOCK", case .string(let text) = value else { return value }
      return .string(Masking.sixStars(text))
    case (.documented, _), (.sameLength, _): return shown(value)
    }
  }
}
