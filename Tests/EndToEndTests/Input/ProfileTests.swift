import AtlasSimulator
import Foundation
import Testing

/// Profiles of the Atlas CLI, and the settings of `godwit.toml`.
@Suite struct ProfileTests {
  private let plan = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY"]

  #if os(macOS)
    private let folder = "Library/Application Support"
  #else
    private let folder = ".config"
  #endif

  /// Writes a file of the user's configuration, and takes the owner's key out of the environment.
  private func configured(
    _ place: Workplace,
    _ text: String,
    to name: String = "atlascli/config.toml"
  ) throws -> Workplace {
    var place = place
    let file = place.folder.deletingLastPathComponent().appending(path: "\(folder)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: file)
    for name in place.environment.keys where name.hasPrefix("MONGODB_ATLAS_") {
      place.environment[name] = nil
    }
    return place
  }

  private func profiles(_ atlas: Atlas) -> String {
    let owner = atlas.simulator.credentials.owner
    let account = atlas.simulator.credentials.readOnlyServiceAccount
    return """
      version = 2

      [default]
      public_api_key = "\(owner.publicKey)"
      private_api_key = "\(owner.privateKey)"
      ops_manager_url = "\(atlas.simulator.baseURL)/"
      service = "cloud"

      [reader]
      client_id = "\(account.clientID)"
      client_secret = "\(account.clientSecret)"
      base_url = "\(atlas.simulator.baseURL)"

      [locked]
      auth_type = "service_account"

      [person]
      auth_type = "user_account"

      [empty]
      org_id = "0123456789abcdef01234567"

      [both]
      public_api_key = "abcdefgh"
      private_api_key = "x"
      client_id = "mdb_sa_id_1"
      client_secret = "mdb_sa_sk_1"

      [half]
      client_id = "mdb_sa_id_1"
      """
  }

  @Test func `a profile is the source of all fields, server included`() async throws {
    try await Atlas.with(projects: 3) { place, atlas in
      let place = try configured(place, profiles(atlas))
      let standard = try await place.start(plan).finished()
      expect(standard, endsWith: 0)
      #expect(
        standard.text.contains("API key ****\(atlas.simulator.credentials.publicKey.suffix(4))")
      )
      let named = try await place.start(plan + ["-P", "READER"]).finished()
      expect(named, endsWith: 0)
      #expect(named.text.contains("service account ****"))
      let variable = ["MONGODB_ATLAS_PROFILE": "reader"]
      let byVariable = try await place.start(plan, environment: variable).finished()
      #expect(byVariable.text.contains("service account ****"))
    }
  }

  @Test func `a profile that is named beats the environment, another one does not`() async throws {
    try await Atlas.with(projects: 3) { place, atlas in
      let place = try configured(place, profiles(atlas))
      let wrong = ["MONGODB_ATLAS_ACCESS_TOKEN": "wrong"]
      let named = try await place.start(plan + ["--profile", "reader"], environment: wrong)
        .finished()
      expect(named, endsWith: 0)
      var elsewhere = wrong
      elsewhere["MONGODB_ATLAS_BASE_URL"] = atlas.simulator.baseURL
      let unnamed = try await place.start(plan, environment: elsewhere).finished()
      expectRefusal(unnamed, saying: ["the credentials were not accepted"])
    }
  }

  @Test(arguments: [
    ("locked", ["profile locked", "keyring", "MONGODB_ATLAS_CLIENT_ID", "atlascli_locked"]),
    ("person", ["a person's login", "keyring"]), ("empty", ["profile empty", "no credentials"]),
    ("nobody", ["no profile \"nobody\"", "both, default, empty, half, locked, person, reader"]),
    ("both", ["both public_api_key and client_id"]),
    ("half", ["profile half", "keyring", "MONGODB_ATLAS_CLIENT_SECRET"]),
  ])
  func `a profile that has no credentials to read says why`(
    name: String,
    words: [String]
  ) async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      let place = try configured(place, profiles(atlas))
      expectRefusal(try await place.start(plan + ["-P", name]).finished(), saying: words)
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `profiles of which none is the default are offered`() async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      let place = try configured(place, "[east]\nclient_id = \"a\"\n[west]\nclient_id = \"b\"\n")
      expectRefusal(try await place.start(plan).finished(), saying: ["--profile: east, west"])
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `a file that is broken shows no key, and no file is told too`() async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      let missing = try await place.start(plan + ["-P", "x"]).finished()
      expectRefusal(missing, saying: ["no profile \"x\"", "atlas config init"])
      let broken = try configured(place, "[default]\nprivate_api_key = \"hush-hush")
      let refused = try await broken.start(plan).finished()
      expectRefusal(refused, saying: ["config.toml, line 2: not TOML"])
      #expect(!refused.errors.contains("hush"))
    }
  }

  @Test func `an organization of environment or profile narrows, and is told`() async throws {
    try await Atlas.with(projects: 20) { place, atlas in
      let all = try await place.start(plan + ["-o", "json"]).finished().document()
      let org = all.projects[0].orgId
      let narrowed = try await place.start(
        plan + ["-o", "json"],
        environment: ["MONGODB_ATLAS_ORG_ID": org]
      ).finished()
      #expect(try narrowed.document().totals.selected == all.projects.count { $0.orgId == org })
      #expect(narrowed.errors.contains("Only organization \(org), as MONGODB_ATLAS_ORG_ID says."))
      try place.write("for p in atlas.projects() do print(p.orgId) end", to: "orgs.lua")
      let automated = try await place.start(
        ["run", "orgs.lua"],
        environment: ["MONGODB_ATLAS_ORG_ID": org]
      ).finished()
      #expect(automated.errors.contains("Only organization \(org)"))
      let printed = Set(automated.text.split(separator: "\n").map(String.init))
      #expect(printed == [org], "an automation's lists are narrowed too")
      let owner = atlas.simulator.credentials.owner
      let profiled = try configured(
        place,
        """
        [work]
        org_id = "\(org)"
        public_api_key = "\(owner.publicKey)"
        private_api_key = "\(owner.privateKey)"
        base_url = "\(atlas.simulator.baseURL)"
        """
      )
      let only = try await profiled.start(plan + ["-o", "json"]).finished()
      #expect(try only.document().totals.selected == all.projects.count { $0.orgId == org })
      #expect(only.errors.contains("as the profile work says"))
      let typed = try await profiled.start(
        plan + ["-o", "json", "--org", all.projects.last?.orgId ?? ""]
      ).finished()
      #expect(!typed.errors.contains("Only organization"))
    }
  }

  @Test func `settings hold from plan to apply, and a bad one is told with its place`() async throws
  {
    try await Atlas.with(projects: 12) { place, atlas in
      let file = """
        limit = 6
        max-failures = "50%"
        no-color = true
        [secret]
        apiKey = "env:DATADOG_KEY"
        ofAnotherScript = "env:NOT_SET"
        [param]
        to = "US3"
        alsoOfAnother = "x"
        """
      try place.write(file, to: "godwit.toml")
      // More failures than without it.
      expect(try await place.godwit("trust"), endsWith: 0)
      let plan = try await place.godwit("plan", "move.lua", "--out", "move.godwit")
      expect(plan, endsWith: 0)
      #expect(plan.text.contains("Totals: 6 selected") && plan.text.contains("to = \"US3\""))
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expect(apply, endsWith: 0)
      try place.write("max-failures = \"many\"", to: "godwit.toml")
      let bad = try await place.godwit("resume", "move.godwit", "--yes")
      expectRefusal(bad, saying: ["--max-failures comes from godwit.toml"], status: 64)
      try place.write("limit = 6", to: "godwit.toml", mode: 0o666)
      let open = try await place.godwit("plan", "move.lua")
      expectRefusal(open, saying: ["godwit.toml: everybody can write it", "chmod o-w"])
    }
  }
}
