import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Wrong keys, half of one, two kinds at once, and servers that are not there.
@Suite struct CredentialTests {
  private let plan = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY"]

  @Test(arguments: [
    ["MONGODB_ATLAS_PRIVATE_API_KEY": "wrong"], ["MONGODB_ATLAS_PUBLIC_API_KEY": "nobody"],
  ])
  func `a wrong key is one challenge, one answer, one sentence`(
    environment: [String: String]
  ) async throws {
    try await Atlas.with(projects: 3) { place, atlas in
      let finished = try await place.start(plan, environment: environment).finished()
      expectRefusal(finished, saying: ["Error: ", "the credentials were not accepted", "key"])
      #expect(finished.errors.split(separator: "\n").count <= 2, "\(finished)")
      let requests = try atlas.requests()
      #expect(requests.count == 2)
      #expect(requests.allSatisfy { $0.status == 401 })
      #expect(!place.exists(".godwit/runs") || place.filesOfRuns().isEmpty)
    }
  }

  @Test func `a wrong access token is one request`() async throws {
    try await Atlas.with(projects: 3) { place, atlas in
      var place = place
      place.environment["MONGODB_ATLAS_PUBLIC_API_KEY"] = nil
      place.environment["MONGODB_ATLAS_PRIVATE_API_KEY"] = nil
      let wrong = ["MONGODB_ATLAS_ACCESS_TOKEN": "not-a-token"]
      let refused = try await place.start(plan, environment: wrong).finished()
      expectRefusal(refused, saying: ["the credentials were not accepted"])
      #expect(try atlas.requests().count == 1)
      let right = ["MONGODB_ATLAS_ACCESS_TOKEN": atlas.simulator.credentials.accessToken]
      expect(try await place.start(plan, environment: right).finished(), endsWith: 0)
    }
  }

  @Test(arguments: [
    (["MONGODB_ATLAS_PUBLIC_API_KEY": "abc"], ["MONGODB_ATLAS_PRIVATE_API_KEY is not"]),
    (["MONGODB_ATLAS_PRIVATE_API_KEY": "abc"], ["MONGODB_ATLAS_PUBLIC_API_KEY is not"]),
    (
      ["MONGODB_ATLAS_PUBLIC_API_KEY": "abc", "MONGODB_ATLAS_ACCESS_TOKEN": "def"],
      ["both MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_ACCESS_TOKEN"]
    ),
    (["MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_1"], ["MONGODB_ATLAS_CLIENT_SECRET is not"]),
    (["MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_1"], ["MONGODB_ATLAS_CLIENT_ID is not"]),
    (
      [
        "MONGODB_ATLAS_PUBLIC_API_KEY": "mdb_sa_id_1",
        "MONGODB_ATLAS_PRIVATE_API_KEY": "mdb_sa_sk_1",
      ],
      ["MONGODB_ATLAS_PUBLIC_API_KEY holds the client id of a service account", "_CLIENT_ID"]
    ),
    (
      ["MONGODB_ATLAS_CLIENT_ID": "mdb_sa_sk_1", "MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_id_1"],
      ["holds the secret of a service account"]
    ),
    (
      [
        "MONGODB_ATLAS_PUBLIC_API_KEY": "abc", "MONGODB_ATLAS_PRIVATE_API_KEY": "def",
        "MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_1", "MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_1",
      ],
      ["both MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_CLIENT_ID"]
    ),
    ([:], ["there are no credentials", "--simulator"]),
  ])
  func `half a credential, two kinds and none are told by name`(
    environment: [String: String],
    words: [String]
  ) async throws {
    try await Workplace.with { place in
      var environment = environment
      environment["DATADOG_KEY"] = Scripts.datadogKey
      environment["MONGODB_ATLAS_BASE_URL"] = "http://127.0.0.1:1"
      expectRefusal(try await place.start(plan, environment: environment).finished(), saying: words)
    }
  }

  @Test(arguments: [
    ("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY"),
    ("MCLI_PUBLIC_API_KEY", "MCLI_PRIVATE_API_KEY"),
  ])
  func `the names that the Terraform provider takes are taken`(
    names: (publicKey: String, privateKey: String)
  ) async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      var place = place
      for (name, old) in [
        (names.publicKey, "MONGODB_ATLAS_PUBLIC_API_KEY"),
        (names.privateKey, "MONGODB_ATLAS_PRIVATE_API_KEY"),
      ] {
        place.environment[name] = place.environment.removeValue(forKey: old)
      }
      expect(try await place.start(plan).finished(), endsWith: 0)
    }
  }

  @Test func `the simulator takes no credentials of the user, and sends none`() async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      let words = plan + ["--simulator", "--limit", "5"]
      expect(try await place.start(words).finished(), endsWith: 0)
      let half = ["MONGODB_ATLAS_PUBLIC_API_KEY": ""]
      expect(try await place.start(words, environment: half).finished(), endsWith: 0)
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test(arguments: [
    (["MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1"], ["refused", "base URL"]),
    (["MONGODB_ATLAS_BASE_URL": "https://nowhere.invalid"], ["nowhere.invalid"]),
    (["MONGODB_ATLAS_BASE_URL": "http://nowhere.invalid"], ["http", "--allow-http"]),
    (["MONGODB_ATLAS_BASE_URL": "nonsense"], ["MONGODB_ATLAS_BASE_URL", "https://"]),
    (["MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1/api/atlas"], ["origin alone"]),
  ])
  func `a server that is not there, or no server at all`(
    environment: [String: String],
    words: [String]
  ) async throws {
    try await Workplace.with { place in
      var environment = environment
      environment["DATADOG_KEY"] = Scripts.datadogKey
      environment["MONGODB_ATLAS_PUBLIC_API_KEY"] = "abcdefgh"
      environment["MONGODB_ATLAS_PRIVATE_API_KEY"] = UUID().uuidString
      expectRefusal(try await place.start(plan, environment: environment).finished(), saying: words)
      #expect(place.filesOfRuns().isEmpty)
    }
  }
}

extension Workplace {
  /// The runs that are kept in `.godwit/runs`, with all that lies beside them.
  func filesOfRuns() -> [String] {
    (try? files(in: ".godwit/runs")) ?? []
  }
}
