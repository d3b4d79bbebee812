import AtlasSimulator
import Foundation
import GRDB
import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct WorldFileTests {
  private func configuration(_ path: String) -> SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    configuration.world = .file(path)
    configuration.projects = 20
    return configuration
  }

  @Test func `a world file is made once and kept between starts`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      let first = try await Simulator.start(configuration(path))
      let client = TestClient(simulator: first)
      let project = try client.emptiedProject()
      _ = try await client.send(
        "PUT",
        "/groups/\(project)/integrations/DATADOG",
        .object(Sample.body("DATADOG"))
      )
      let before = try first.world.fingerprint()
      await first.stop()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["world.db"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)

      var other = configuration(path)
      other.projects = 99
      other.seed = 99
      let second = try await Simulator.start(other)
      #expect(try second.world.projectCount() == 20)
      #expect(try second.world.fingerprint() == before)
      #expect(second.worldID == first.worldID)
      #expect(second.credentials == first.credentials)
      await second.stop()
    }
  }

  @Test func `two simulators serve one file`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      let first = try await Simulator.start(configuration(path))
      let second = try await Simulator.start(configuration(path))
      let project = try TestClient(simulator: first).emptiedProject()
      let written = try await TestClient(simulator: first).send(
        "POST",
        "/groups/\(project)/integrations/DATADOG",
        .object(Sample.body("DATADOG"))
      )
      #expect(written.status == 200)
      let read = try await TestClient(simulator: second)
        .get("/groups/\(project)/integrations/DATADOG")
      #expect(read.json == written.results[0])
      await first.stop()
      await second.stop()
    }
  }

  @Test func `a reset makes the world anew`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      try Simulator.reset(worldFile: path, projects: 20, seed: 1)
      let first = try await Simulator.start(configuration(path))
      let fresh = try first.world.fingerprint()
      let project = try first.world.projectIDs(having: "DATADOG")[0]
      try first.world.remove(type: "DATADOG", from: project)
      await first.stop()
      try Simulator.reset(worldFile: path, projects: 20, seed: 1)
      let second = try await Simulator.start(configuration(path))
      #expect(try second.world.fingerprint() == fresh)
      await second.stop()
    }
  }

  @Test func `a world that is served is not reset`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      let simulator = try await Simulator.start(configuration(path))
      _ = try await TestClient(simulator: simulator).get("/groups")
      let error = #expect(throws: SimulatorError.self) {
        try Simulator.reset(worldFile: path, projects: 5, seed: 5)
      }
      #expect(error?.kind == .worldInUse)
      #expect(try simulator.world.projectCount() == 20)
      await simulator.stop()
    }
  }

  @Test(arguments: ["not a database at all, but long enough to be read as a header of one....", ""])
  func `a file that is no world is refused and left as it is`(content: String) async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/notes.txt"
      try content.write(toFile: path, atomically: true, encoding: .utf8)
      let error = await #expect(throws: SimulatorError.self) {
        _ = try await Simulator.start(configuration(path))
      }
      #expect(error?.kind == .notAWorld)
      #expect(error?.description.contains(path) == true)
      let resetError = #expect(throws: SimulatorError.self) {
        try Simulator.reset(worldFile: path, projects: 5, seed: 5)
      }
      #expect(resetError?.kind == .notAWorld)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
    }
  }

  @Test func `another program's database is refused`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/other.db"
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
      try queue.close()
      let error = await #expect(throws: SimulatorError.self) {
        _ = try await Simulator.start(configuration(path))
      }
      #expect(error?.kind == .notAWorld)
    }
  }

  @Test func `a world of a newer version is refused`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      try Simulator.reset(worldFile: path, projects: 2, seed: 1)
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
      try queue.close()
      let error = await #expect(throws: SimulatorError.self) {
        _ = try await Simulator.start(configuration(path))
      }
      #expect(error?.kind == .newerWorld)
    }
  }

  @Test func `a world of an older version is brought up to date`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/world.db"
      try Simulator.reset(worldFile: path, projects: 2, seed: 1)
      let queue = try DatabaseQueue(path: path)
      try await queue.write {
        try $0.execute(sql: "DROP TABLE resources; PRAGMA user_version = 1")
      }
      try queue.close()
      for _ in 0..<2 {
        let simulator = try await Simulator.start(configuration(path))
        let project = try simulator.world.projectIDs()[0]
        let client = TestClient(simulator: simulator)
        let reply = try await client.send(
          "PATCH",
          "/groups/\(project)/auditLog",
          ["enabled": true]
        )
        await simulator.stop()
        #expect(reply.status == 200)
      }
    }
  }

  @Test func `a folder that is not there is named`() async throws {
    let error = await #expect(throws: SimulatorError.self) {
      _ = try await Simulator.start(configuration("/no/such/folder/world.db"))
    }
    #expect(error?.kind == .inaccessibleFile)
    #expect(error?.subject == "/no/such/folder/world.db")
  }
}
