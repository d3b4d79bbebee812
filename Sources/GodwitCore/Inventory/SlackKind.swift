/// How a Slack integration was made, as far as it can be told: Atlas has no flag for it.
public enum SlackKind: String, Sendable, Hashable, CaseIterable {
  /// By a person's consent: a team is shown.
  case oauth
  /// With a token that somebody typed: no team, and a short token.
  case legacy
  /// No team, as legacy ones, and a long token, as those by consent.
  case unclear
}

extension Integration {
  /// The shortest token that speaks for OAuth2.
  ///
  /// Source: tokens in the v2 description have about 74 characters; legacy ones were shorter.
  private static let longToken = 60

  /// How it was made; `nil` for other types than SLACK.
  public var slackKind: SlackKind? {
    guard type == "SLACK" else { return nil }
    if fields["teamName"]?.stringValue?.isEmpty == false { return .oauth }
    let length = fields["apiToken"]?.maskedValue?.length ?? 0
    return length >= Self.longToken ? .unclear : .legacy
  }
}
