/// One project before it is stored.
struct ProjectDraft {
  let organization: Int
  let name: String
  let team: String
  /// `nil` for a project that keeps to no scheme.
  let environment: Vocabulary.Environment?
  let created: Int64
  let clusterCount: Int
  let isTagged: Bool
  /// From what the project's integrations are made.
  let seed: UInt64

  /// The text of Atlas' `tags`, keys in the order of the alphabet.
  var tagsJSON: String {
    guard isTagged, let environment else { return "[]" }
    let tags = [("env", environment.name), ("team", team), ("tier", environment.tier)]
    return "["
      + tags.map { #"{"key":"\#($0)","value":"\#($1)"}"# }.joined(separator: ",")
      + "]"
  }
}

/// Draws the projects of a world: who owns them, what they are called, when they came.
struct ProjectDrafts {
  private var generator: SeededGenerator
  private let organizationCount: Int
  private var taken: [Set<String>]

  init(seed: UInt64, organizationCount: Int) {
    generator = SeededGenerator(seed: seed)
    self.organizationCount = organizationCount
    taken = Array(repeating: [], count: organizationCount)
  }

  /// So many projects, in the order of their names.
  ///
  /// The last one has the name of the first in another organisation, as happens in real estates.
  mutating func make(_ count: Int) -> [ProjectDraft] {
    var drafts: [ProjectDraft] = []
    drafts.reserveCapacity(count)
    for index in 0..<count {
      let twin = index == count - 1 && count >= 20 ? drafts.first : nil
      drafts.append(make(twin: twin))
    }
    return drafts.sorted { left, right in
      left.name == right.name
        ? left.organization < right.organization
        : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
  }

  private mutating func make(twin: ProjectDraft?) -> ProjectDraft {
    let organization = twin.map { ($0.organization + 1) % organizationCount } ?? drawOrganization()
    let team = generator.choice(Vocabulary.teams)
    let environment = generator.choice(weighted: Vocabulary.environments)
    let isOdd = twin == nil && generator.chance(0.02)
    let name = twin?.name ?? drawName(isOdd: isOdd, team: team, environment: environment)
    let isSandbox = environment.name == "sandbox"
    return ProjectDraft(
      organization: organization,
      name: unused(name, in: organization),
      team: team,
      environment: isOdd ? nil : environment,
      created: 1_546_300_800 + Int64(generator.below(220_000_000)),
      clusterCount: generator.chance(isSandbox ? 0.6 : 0.07) ? 0 : generator.within(1...4),
      isTagged: generator.chance(0.85),
      seed: generator.next()
    )
  }

  /// The first organisation is the largest, as headquarters are.
  private mutating func drawOrganization() -> Int {
    min(generator.below(organizationCount), generator.below(organizationCount))
  }

  private mutating func drawName(
    isOdd: Bool,
    team: String,
    environment: Vocabulary.Environment
  ) -> String {
    if isOdd { return generator.choice(Vocabulary.oddNames) }
    let service = generator.choice(Vocabulary.services)
    let region = generator.chance(0.2) ? "-\(generator.choice(Vocabulary.regions))" : ""
    return "\(team)-\(service)\(region)-\(generator.choice(environment.texts))"
  }

  /// A name that the organisation does not have yet: this one, or with a number.
  private mutating func unused(_ name: String, in organization: Int) -> String {
    var candidate = name
    var number = 2
    while !taken[organization].insert(candidate).inserted {
      candidate = "\(name)-\(number)"
      number += 1
    }
    return candidate
  }
}
