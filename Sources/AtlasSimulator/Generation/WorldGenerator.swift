import GRDB
import GodwitCore

/// Fills an empty database with a world: equal sizes and seeds give equal worlds.
struct WorldGenerator {
  let projects: Int
  let seed: UInt64

  /// Makes the tables and all rows in one transaction.
  func fill(_ queue: DatabaseQueue) throws {
    var generator = SeededGenerator(seed: seed)
    let maker = generator.next() & 0xff_ffff_ffff
    let worldID = ObjectID.text(seconds: 1_700_000_000, maker: maker, counter: UInt32(projects))
    let organizationCount = generator.within(3...6)
    var names = ProjectDrafts(seed: generator.next(), organizationCount: organizationCount)
    let drafts = names.make(projects)
    let futures = Set((0..<min(2, projects)).map { _ in generator.below(projects) })
    let large = projects > 0 ? generator.below(projects) : -1

    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        try WorldSchema.create(in: database)
        try database.execute(
          sql: "INSERT INTO world VALUES (?, ?, ?)",
          arguments: [worldID, Int64(bitPattern: seed), projects]
        )
        var writer = WorldWriter(database: database, maker: maker, seed: seed)
        try writer.writeOrganizations(organizationCount)
        for (index, draft) in drafts.enumerated() {
          try writer.write(
            draft,
            key: Int64(index + 1),
            hasFutureType: futures.contains(index),
            hasManyAlerts: index == large
          )
        }
        return .commit
      }
    }
  }
}

/// Writes the rows of a new world.
private struct WorldWriter {
  let database: Database
  let maker: UInt64
  private var counter: UInt32 = 0
  // Alert configurations have ids of a maker of their own: more of them change no other id.
  private let alertMaker: UInt64
  private var alertCounter: UInt32 = 0

  init(database: Database, maker: UInt64, seed: UInt64) {
    self.database = database
    self.maker = maker
    var generator = SeededGenerator(seed: seed ^ 0xa1e7_7c0f_1985_0002)
    alertMaker = generator.next() & 0xff_ffff_ffff
  }

  private mutating func makeID(_ seconds: Int64) -> String {
    counter &+= 1
    return ObjectID.text(seconds: seconds, maker: maker, counter: counter)
  }

  private mutating func makeAlertID(_ seconds: Int64) -> String {
    alertCounter &+= 1
    return ObjectID.text(seconds: seconds, maker: alertMaker, counter: alertCounter)
  }

  mutating func writeOrganizations(_ count: Int) throws {
    for index in 0..<count {
      try database.execute(
        sql: "INSERT INTO organizations VALUES (?, ?, ?)",
        arguments: [index + 1, makeID(1_530_000_000), Vocabulary.organizations[index]]
      )
    }
  }

  mutating func write(
    _ draft: ProjectDraft,
    key: Int64,
    hasFutureType: Bool,
    hasManyAlerts: Bool
  ) throws {
    try database.cachedStatement(sql: "INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?, ?)")
      .execute(arguments: [
        key, makeID(draft.created), draft.organization + 1, draft.name, draft.created,
        draft.clusterCount, draft.tagsJSON,
      ])
    var integrations: [(type: String, id: String, fields: JSONObject)] = []
    var drafts = IntegrationDrafts(project: draft)
    for (type, fields) in drafts.make(hasFutureType: hasFutureType) {
      let id = makeID(draft.created + 86_400)
      integrations.append((type, id, fields))
      try WorldStore.store(fields, type: type, id: id, ofProjectKey: key, in: database)
    }
    try writeAlerts(of: draft, key: key, integrations: integrations, areMany: hasManyAlerts)
  }

  private mutating func writeAlerts(
    of draft: ProjectDraft,
    key: Int64,
    integrations: [(type: String, id: String, fields: JSONObject)],
    areMany: Bool
  ) throws {
    var notifierGenerator = SeededGenerator(seed: draft.seed &+ 7)
    let seconds = UInt64(draft.created + 172_800)
    let prefix = String(seconds, radix: 16)
    var drafts = AlertDrafts(
      project: draft,
      created: draft.created + 172_800,
      integrations: integrations,
      makeID: { prefix + notifierGenerator.hex(16) }
    )
    for document in drafts.make(isLarge: areMany) {
      let id = makeAlertID(draft.created + 172_800)
      let row = AlertConfigRow(id: id, document: document)
      try WorldStore.insert(row, ofProjectKey: key, in: database)
    }
  }
}
