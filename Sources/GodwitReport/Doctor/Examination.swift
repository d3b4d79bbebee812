public import GodwitCore

/// What `doctor` found.
public struct Examination: Sendable, Hashable {
  /// How something stands.
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// As it should be.
    case ok
    /// Nothing stops, and it is worth knowing.
    case warning
    /// Something that is needed does not work.
    case problem
    /// It cannot be told.
    case unknown
  }

  /// One thing that was looked at.
  public struct Finding: Sendable, Hashable {
    /// What was looked at, in a word or two, for example `clock`.
    public var subject: String
    /// How it stands.
    public var state: State
    /// What was found, without a full stop.
    public var summary: String
    /// What to do about it.
    public var advice: String?

    /// Makes a finding.
    public init(_ subject: String, _ state: State, _ summary: String, advice: String? = nil) {
      self.subject = subject
      self.state = state
      self.summary = summary
      self.advice = advice
    }
  }

  /// An organization that the credentials can see.
  public struct OrganizationRow: Sendable, Hashable {
    /// Its id.
    public var id: OrganizationID
    /// Its name.
    public var name: String
    /// How many of its projects the credentials can see.
    public var projects: Int
    /// In how many of these they may write; `nil` where that is not known.
    public var writable: Int?
    /// The roles in it; `nil` where they are not known.
    public var roles: [String]?

    /// Makes a row.
    public init(
      id: OrganizationID,
      name: String,
      projects: Int,
      writable: Int?,
      roles: [String]?
    ) {
      self.id = id
      self.name = name
      self.projects = projects
      self.writable = writable
      self.roles = roles
    }
  }

  /// The server; `nil` if that was not settled.
  public var baseURL: String?
  /// Kind and tail of the credentials, for example `API key ****abcd`.
  public var credential: String?
  /// Where they were found, for example `the environment`.
  public var source: String?
  /// What was found, in the order in which it was looked at.
  public var findings: [Finding] = []
  /// The organizations, by name.
  public var organizations: [OrganizationRow] = []
  /// The version of the program.
  public var tool: String

  /// Begins an examination.
  public init(tool: String) {
    self.tool = tool
  }

  /// Whether nothing that is needed fails.
  public var isHealthy: Bool { findings.allSatisfy { $0.state != .problem } }
}
