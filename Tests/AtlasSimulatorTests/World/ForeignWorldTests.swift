import AtlasSimulator
import Foundation
import GRDB
import GodwitCore
import Testing

@testable import AtlasSimulator

/// World files that somebody else prepared.
@Suite struct ForeignWorldTests {
  private func configuration(_ path: String) -> SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    configuration.world = .file(path)
    configuration.projects = 5
    return configuration
  }

  private func edit(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON integrations BEGIN DELETE FROM projects; END",
    "CREATE VIEW v AS SELECT 1", "CREATE TABLE extra (a)", "DROP INDEX projectsByName",
    "ALTER TABLE projects ADD COLUMN g TEXT GENERATED ALWAYS AS (hex(name)) VIRTUAL",
    "PRAGMA user_version = 1",
    "PRAGMA foreign_keys = OFF; UPDATE projects SET key = 9e18 WHERE key = 5",
  ])
  func `a world with anything else in it is refused`(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      await (try await Simulator.start(configuration(path))).stop()
      try edit(path, sql)
      let error = await #expect(throws: SimulatorError.self) {
        await (try await Simulator.start(configuration(path))).stop()
      }
      #expect(error?.kind == .notAWorld, "\(String(describing: error))")
    }
  }

  @Test(arguments: [
    "UPDATE projects SET created = 9223372036854775807", "UPDATE projects SET created = -9e18",
    "UPDATE projects SET created = 'never', clusterCount = x'00'", "UPDATE projects SET tags = '['",
    "UPDATE integrations SET document = '{'", "UPDATE integrations SET shown = x'ff'",
    "UPDATE alertConfigs SET document = '[]'", "UPDATE organizations SET name = x'ff'",
    "UPDATE world SET id = x'ff'",
  ])
  func `rows of other types end in an error of the one request`(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      await (try await Simulator.start(configuration(path))).stop()
      try edit(path, sql)
      guard let simulator = try? await Simulator.start(configuration(path)) else { return }
      let client = TestClient(simulator: simulator)
      let project = try #require(try simulator.world.projectIDs().first)
      for request in [
        "/groups", "/groups/\(project)", "/groups/\(project)/integrations", "/orgs",
        "/groups/\(project)/alertConfigs",
      ] {
        _ = try await client.send("GET", request, nil)
      }
      await simulator.stop()
    }
  }
}
