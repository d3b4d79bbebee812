import GodwitCore

/// Judges a PUT of SLACK, whose token and team only a person can set, through OAuth2.
///
/// Sources: Atlas documentation of the integration and its error codes. Which body is legal for a
/// change of the channel is unknown: the token may be absent, masked or what is stored.
struct SlackJudge {
  let rule: TypeRule
  let putSemantics: SimulatorConfiguration.PutSemantics
  var generation = Generation.v2

  /// Whether a stored configuration is one of the old kind, with a token that a person typed.
  static func isLegacy(_ stored: JSONObject) -> Bool {
    stored["teamName"] == nil
  }

  func verdict(
    replacing stored: JSONObject?,
    with body: JSONObject
  ) throws(APIError) -> IntegrationJudge.Verdict {
    guard let stored else { throw .slackNotConfigured }
    guard !Self.isLegacy(stored) else { throw .legacySlack }
    var credentials = body
    credentials["apiToken"] = nil
    let judge = IntegrationJudge(
      rule: rule,
      putSemantics: putSemantics,
      generation: generation
    )
    let members = try judge.checkedMembers(of: credentials)
    if let token = body["apiToken"], token != .null, token != stored["apiToken"] {
      let shown =
        stored["apiToken"]?.stringValue.map { [Masking.key($0), Masking.sixStars($0)] } ?? []
      guard shown.contains(where: { token == .string($0) }) else { throw .mustReconfigureSlack }
    }
    if let team = members["teamName"], team != .null, team != stored["teamName"] {
      throw .mustReconfigureSlack
    }
    var document = stored
    if let channel = members["channelName"] {
      document["channelName"] = channel == .null || channel == "" ? nil : channel
    } else if putSemantics == .replace, rule.field("channelName")?.isRequired == true {
      throw .missing("channelName")
    }
    return IntegrationJudge.Verdict(document: document, storesMask: false)
  }
}
