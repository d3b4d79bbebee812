public import GodwitCore

/// Which projects a run is for, as typed.
public struct Selection: Sendable, Hashable {
  /// A project that the targets file names, with the row's other columns.
  public struct Target: Sendable, Hashable {
    /// The id or the name.
    public var project: String
    /// The other columns, by the header's names.
    public var variables: [String: String]

    /// Makes a row.
    public init(project: String, variables: [String: String] = [:]) {
      self.project = project
      self.variables = variables
    }
  }

  /// Ids, names or patterns of `--project`.
  public var projects: [String] = []
  /// Ids of `--org`.
  public var organizations: [String] = []
  /// Keys and values of `--tag`.
  public var tags: [(key: String, value: String)] {
    get { tagPairs.map { ($0.key, $0.value) } }
    set { tagPairs = newValue.map { TagPair(key: $0.key, value: $0.value) } }
  }
  /// The integration types of `--has`; a project needs all of them.
  public var has: [IntegrationType] = []
  /// Ids, names or patterns of `--exclude`.
  public var excluded: [String] = []
  /// The rows of `--targets`; `nil` without one.
  public var targets: [Target]?
  /// `--limit`.
  public var limit: Int?
  /// Whether a choice that leaves no project is accepted.
  public var allowsEmpty = false

  private var tagPairs: [TagPair] = []

  private struct TagPair: Sendable, Hashable {
    var key: String
    var value: String
  }

  /// Selects all projects.
  public init() {}

  /// What chooses projects by name, organization, tag or file, as typed.
  var choices: [String] {
    projects.map { "--project \($0)" } + organizations.map { "--org \($0)" }
      + tagPairs.map { "--tag \($0.key)=\($0.value)" } + (targets == nil ? [] : ["--targets"])
  }

  /// Whether projects are named, so that a missing one is worth telling.
  public var namesProjects: Bool { !projects.isEmpty || targets != nil }
}

/// A pattern for names: `*` is any text, `?` any character.
public struct Glob: Sendable, Hashable {
  private let pattern: [Character]

  /// Takes a pattern.
  public init(_ pattern: String) {
    self.pattern = Array(pattern)
  }

  /// Whether a text has a `*` or a `?` in it.
  public static func isPattern(_ text: String) -> Bool {
    text.contains("*") || text.contains("?")
  }

  /// Whether a name fits.
  public func matches(_ name: String) -> Bool {
    let name = Array(name)
    var position = 0
    var at = 0
    var star: Int?
    var resume = 0
    while at < name.count {
      if position < pattern.count, pattern[position] == "*" {
        star = position
        resume = at
        position += 1
      } else if position < pattern.count, pattern[position] == "?" || pattern[position] == name[at]
      {
        position += 1
        at += 1
      } else if let star {
        position = star + 1
        resume += 1
        at = resume
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == "*" }
  }
}
