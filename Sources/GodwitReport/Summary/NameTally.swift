import GodwitCore

/// Counts projects and keeps a few of them by name: the first ones in alphabetical order, so that
/// it does not matter in which order projects were added.
struct NameTally: Sendable {
  /// A project as a report names it.
  struct Named: Sendable, Hashable {
    var name: String
    var id: ProjectID
    var organization: OrganizationID

    func precedes(_ other: Named) -> Bool {
      name == other.name ? id < other.id : name.bytesPrecede(other.name)
    }
  }

  /// How many names are kept.
  let limit: Int
  private(set) var count = 0
  private(set) var first: [Named] = []

  init(limit: Int = 5) {
    self.limit = limit
  }

  /// Counts a project.
  ///
  /// - Returns: whether it is now the first of all in alphabetical order, which makes it the
  ///   example for all.
  @discardableResult
  mutating func add(_ project: Project) -> Bool {
    count += 1
    let named = Named(name: project.name, id: project.id, organization: project.organization)
    let place = first.firstIndex { named.precedes($0) } ?? first.count
    guard place < limit else { return false }
    first.insert(named, at: place)
    if first.count > limit { first.removeLast() }
    return place == 0
  }

  /// How many were counted beyond the ones that are named.
  var unnamed: Int { count - first.count }
}
