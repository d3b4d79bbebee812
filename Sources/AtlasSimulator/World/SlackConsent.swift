internal import Crypto
internal import GodwitCore

extension SimulatorWorld {
  /// How a person left a project's Slack integration.
  public enum SlackConsent: Sendable, Hashable {
    /// There was none, or one of the old kind, and now there is one that OAuth2 made.
    case given
    /// It was made through OAuth2 already.
    case wasThere
  }

  /// Connects a project to Slack through OAuth2, as only a person in the user interface can.
  ///
  /// The channel stays; where there was none it is `#alerts`, since the consent page asks for one.
  /// Token and team are made from the project's id, the same ones each time.
  ///
  /// - Parameter project: The id of the project.
  /// - Returns: what was there before.
  /// - Throws: ``SimulatorError`` if there is no such project or the world cannot be written.
  @discardableResult
  public func consentToSlack(in project: String) throws(SimulatorError) -> SlackConsent {
    let old = try integration(of: project, type: "SLACK")
    if let old, !SlackJudge.isLegacy(old) { return .wasThere }
    let digits = SHA256.hash(data: Array("slack \(project)".utf8)).map { String($0 % 10) }.joined()
    let letters = SHA256.hash(data: Array("token \(project)".utf8)).flatMap { byte in
      [Character(Unicode.Scalar(0x61 + byte % 26)), Character(Unicode.Scalar(0x41 + byte / 10))]
    }
    let token = "xoxb-\(digits.prefix(13))-\(digits.dropFirst(13).prefix(13))-"
    let fields: JSONObject = [
      "apiToken": .string(token + String(letters.prefix(41))),
      "channelName": old?["channelName"] ?? "#alerts",
      "teamName": "Consented",
    ]
    if old == nil {
      try add(fields, type: "SLACK", to: project)
    } else {
      try replace(fields, type: "SLACK", in: project)
    }
    return .given
  }
}
