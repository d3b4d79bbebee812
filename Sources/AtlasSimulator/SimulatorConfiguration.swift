/// How a simulator is to be started: which world, on which port, how slow and how faulty.
public struct SimulatorConfiguration: Sendable {
  /// Where the world lives.
  public enum World: Sendable, Equatable {
    /// In memory: made anew at every start, gone at ``Simulator/stop()``.
    case memory
    /// In a SQLite file at this path: made at the first start, kept between starts.
    case file(String)
  }

  /// What a PUT does with the optional fields that its body leaves out.
  ///
  /// Atlas' documentation contradicts itself here, so both are offered.
  public enum PutSemantics: String, Sendable, CaseIterable {
    /// Fields left out are reset; only the password of PROMETHEUS is kept.
    case replace
    /// Fields left out keep what was stored, required ones too.
    case merge
  }

  /// How API v1.0 shows secrets: documented with six stars, seen in clear, and unknown today.
  public enum V1Masking: String, Sendable, CaseIterable {
    /// Six stars and the last four characters; the token of FLOWDOCK in clear, as Atlas' example.
    case documented
    /// As many stars as API v2 shows.
    case sameLength
    /// In clear, as it was seen in 2020.
    case clear
  }

  /// Where the world lives; in memory unless set.
  public var world: World = .memory
  /// How many projects a world gets when it is first made; an existing world file keeps its own.
  public var projects: Int = 200
  /// What a world is made from when it is first made: equal numbers give equal worlds.
  public var seed: UInt64 = 1
  /// The port on 127.0.0.1; 0 takes any free one.
  public var port: Int = 0
  /// How long every authenticated request takes; a write takes effect after half of it.
  public var latency: Duration = .zero
  /// The share (0 to 1) of authenticated requests that fail, before or after their effect.
  public var failRate: Double = 0
  /// Further rules by which requests go wrong; the first that hits a request holds.
  public var faults: [FaultRule] = []
  /// The file to which one JSON line a request is appended; none unless set.
  public var requestLog: String?
  /// What a PUT does with the optional fields that its body leaves out.
  public var putSemantics: PutSemantics = .replace
  /// How API v1.0 shows secrets.
  public var v1Masking: V1Masking = .documented
  /// Whether API v2 shows notifications through FLOWDOCK, which it does not know, instead of leaving
  /// them out.
  public var showsFlowdockInV2: Bool = false
  /// How long a digest nonce is good; after that a right answer to it gets `stale=true`.
  public var nonceLifetime: Duration = .seconds(300)
  /// How long the access token of a service account is good.
  public var tokenLifetime: Duration = .seconds(3600)
  /// The clock by which nonces and tokens grow old.
  public var now: @Sendable () -> ContinuousClock.Instant = { .now }
  /// How often a service account may ask for a token in a minute.
  public var tokenRequestsPerMinute: Int = 50
  /// What is answered when it asks more often.
  public var tokenLimitForm: TokenLimitForm = .apiError

  /// Makes the default configuration: 200 projects in memory, any free port, no latency, no faults.
  public init() {}
}
