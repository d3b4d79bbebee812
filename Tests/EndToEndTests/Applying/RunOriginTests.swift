import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Credentials go where this machine says, and plans are known by their maker's key.
@Suite struct RunOriginTests {
  private static let key = String(repeating: "0123456789abcdef", count: 4)

  /// Plans against one Atlas, and gives the place in which another one is set.
  private func withRunElsewhere(
    _ body: (Workplace, _ elsewhere: Atlas, _ here: Atlas) async throws -> Void
  ) async throws {
    try await Atlas.with(projects: 4) { place, elsewhere in
      try await place.planMove()
      let here = Atlas(
        simulator: try await Simulator.start(SimulatorConfiguration()),
        logFile: elsewhere.logFile
      )
      do {
        try await body(place, elsewhere, here)
        await here.simulator.stop()
      } catch {
        await here.simulator.stop()
        throw error
      }
    }
  }

  @Test(arguments: [["apply", "move.godwit"], ["resume", "move.godwit", "--retry", "held"]])
  func `nothing is sent to a server that only the run names`(words: [String]) async throws {
    try await withRunElsewhere { place, elsewhere, here in
      if words[0] == "resume" {
        let drifted = try #require(try elsewhere.projects(inRegion: "US").first)
        try elsewhere.edit("DATADOG", of: drifted, ["region": "US3"])
        #expect(try await place.godwit("apply", "move.godwit", "--yes").status != 0)
      }
      let account = elsewhere.simulator.credentials.serviceAccount
      for credential in [elsewhere.ownerEnvironment, elsewhere.environment(of: account)] {
        let environment = credential.merging(
          ["MONGODB_ATLAS_BASE_URL": here.simulator.baseURL]
        ) { $1 }
        let (refused, requests) = try await elsewhere.requests {
          try await place.start(words + ["--yes"], environment: environment).finished()
        }
        #expect(requests.isEmpty)
        expectRefusal(
          refused,
          saying: [
            elsewhere.simulator.baseURL, here.simulator.baseURL, "MONGODB_ATLAS_BASE_URL",
            "nothing was sent", "--base-url",
          ]
        )
      }
    }
  }

  @Test func `without any setting the server is Atlas itself`() async throws {
    try await withRunElsewhere { place, elsewhere, _ in
      let environment = ["MONGODB_ATLAS_BASE_URL": ""]
      let (refused, requests) = try await elsewhere.requests {
        try await place.start(["apply", "move.godwit", "--yes"], environment: environment)
          .finished()
      }
      #expect(requests.isEmpty)
      expectRefusal(
        refused,
        saying: [elsewhere.simulator.baseURL, "https://cloud.mongodb.com by default", "--base-url"]
      )
      let typed = try await place.start(
        ["apply", "move.godwit", "--yes", "--base-url", elsewhere.simulator.baseURL],
        environment: environment
      ).finished()
      expect(typed, endsWith: 0)
    }
  }

  @Test func `plan prints the flag that apply needs, and the line can be pasted`() async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let environment = ["MONGODB_ATLAS_BASE_URL": ""]
      let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out", "a.godwit"]
      let plan = try await place.start(
        words + ["--base-url", atlas.simulator.baseURL.uppercased() + "/"],
        environment: environment
      ).finished()
      expect(plan, endsWith: 0)
      let line = "godwit apply a.godwit --base-url \(atlas.simulator.baseURL)"
      #expect(plan.text.hasSuffix("  \(line)\n"), "\(plan)")
      let pasted = line.split(separator: " ").dropFirst().map(String.init) + ["--yes"]
      expect(try await place.start(pasted, environment: environment).finished(), endsWith: 0)
    }
  }

  @Test(arguments: [true, false])
  func `the user's own settings name the server`(isVariable: Bool) async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      var environment = ["MONGODB_ATLAS_BASE_URL": ""]
      if isVariable {
        environment["GODWIT_BASE_URL"] = atlas.simulator.baseURL
      } else {
        let folder = place.folder.deletingLastPathComponent().appending(path: ".config/godwit")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "godwit.toml")
        try Data("base-url = \"\(atlas.simulator.baseURL)\"\n".utf8).write(to: file)
      }
      let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out", "a.godwit"]
      let plan = try await place.start(words, environment: environment).finished()
      expect(plan, endsWith: 0)
      #expect(plan.text.hasSuffix("  godwit apply a.godwit\n"), "\(plan)")
      let apply = try await place.start(["apply", "a.godwit", "--yes"], environment: environment)
        .finished()
      expect(apply, endsWith: 0)
      #expect(!apply.errors.contains("origin"), "\(apply)")
    }
  }

  @Test func `another machine says that it cannot tell who planned a run`() async throws {
    try await Atlas.with(projects: 4) { place, _ in
      try await place.planMove()
      let plan = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "-o",
        "json",
        environment: ["GODWIT_PLAN_KEY": Self.key]
      )
      expect(plan, endsWith: 0)
      #expect(plan.errors.contains("the origin of this run is not proven here"), "\(plan)")
      #expect(plan.text.contains(#""origin": {"isProven":false,"key":""#), "\(plan)")
      #expect(plan.text.contains(#""reason":"otherKey""#), "\(plan)")
    }
  }

  @Test func `a run is proven where both have the key, without a word`() async throws {
    try await Atlas.with(projects: 4) { place, _ in
      var place = place
      place.environment["GODWIT_PLAN_KEY"] = Self.key
      place.environment["HOME"] = ""
      try await place.planMove()
      let apply = try await place.godwit("apply", "move.godwit", "--yes", "-o", "json")
      expect(apply, endsWith: 0)
      #expect(apply.errors.contains("origin") == false, "\(apply)")
      #expect(apply.text.contains(#""origin": {"isProven":true}"#), "\(apply)")
    }
  }

  @Test(arguments: ["short", "0000000000000000000000000000000000000000000000000000000000000000"])
  func `a key that is none is refused before anything is asked`(key: String) async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out", "a.godwit"]
      let plan = try await place.start(words, environment: ["GODWIT_PLAN_KEY": key]).finished()
      expectRefusal(plan, saying: ["GODWIT_PLAN_KEY", "openssl rand -hex 32"])
      #expect(!plan.errors.contains(key))
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `the file of the key is made once, for its owner alone, and refused if it is open`()
    async throws
  {
    try await Atlas.with(projects: 4) { place, _ in
      try await place.planMove("a.godwit")
      let file = place.folder.deletingLastPathComponent().appending(path: ".config/godwit/plan.key")
      let first = try Data(contentsOf: file)
      try await place.planMove("b.godwit")
      #expect(try Data(contentsOf: file) == first)
      let manager = FileManager.default
      let mode = try manager.attributesOfItem(atPath: file.path)[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o600)
      try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
      let open = try await place.godwit("apply", "a.godwit", "--yes")
      expectRefusal(open, saying: ["plan.key", "can be read by others", "644"])
      try manager.moveItem(at: file, to: file.appendingPathExtension("old"))
      try manager.createSymbolicLink(atPath: file.path, withDestinationPath: "plan.key.old")
      expectRefusal(
        try await place.godwit("apply", "a.godwit", "--yes"),
        saying: ["plan.key", "it is a link"]
      )
      try manager.removeItem(at: file)
      let gone = try await place.godwit("apply", "a.godwit", "--yes")
      expect(gone, endsWith: 0)
      #expect(gone.errors.contains("this machine does not have"), "\(gone)")
    }
  }
}
