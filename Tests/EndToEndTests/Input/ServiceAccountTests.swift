import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Service accounts from one end to the other.
@Suite struct ServiceAccountTests {
  private let words = ["--secret", "apiKey=env:DATADOG_KEY", "--out", "move.godwit"]

  private func isForToken(_ line: RequestLine) -> Bool { line.path == "/api/oauth/token" }

  @Test func `a plan and its apply take one token each and give it back`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      let account = atlas.simulator.credentials.serviceAccount
      let environment = atlas.environment(of: account)
      let (plan, planned) = try await atlas.requests {
        try await place.start(["plan", "move.lua"] + words, environment: environment).finished()
      }
      expect(plan, endsWith: 0)
      #expect(plan.text.contains("service account ****\(account.clientID.suffix(4))"), "\(plan)")
      #expect(planned.first.map(isForToken) == true)
      #expect(planned.last?.path == "/api/oauth/revoke")
      #expect(planned.dropFirst().dropLast().allSatisfy { $0.authentication == "bearer" })
      #expect(planned.dropFirst().dropLast().allSatisfy { $0.method == "GET" })
      let (apply, applied) = try await atlas.requests {
        try await place.start(["apply", "move.godwit", "--yes"], environment: environment)
          .finished()
      }
      expect(apply, endsWith: 0)
      #expect(applied.count(where: isForToken) == 1)
      #expect(applied.last?.path == "/api/oauth/revoke")
      #expect(try atlas.projects(inRegion: "US").isEmpty)
      for text in [plan, apply].flatMap({ [$0.text, $0.errors] }) {
        #expect(!text.contains(account.clientSecret))
        #expect(!text.contains("sim.sa."))
      }
      for (name, bytes) in try place.allFiles() {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains(account.clientSecret) && !text.contains("sim.sa."), "\(name)")
      }
    }
  }

  @Test func `a script may go on without what only an API key can read`() async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let environment = atlas.environment(of: atlas.simulator.credentials.serviceAccount)
      try place.write(
        """
        for p in atlas.projects() do
          local ok, why = pcall(p.integrations.get, p.integrations, "FLOWDOCK")
          print(ok, why)
        end
        """,
        to: "careful.lua"
      )
      let ran = try await place.start(["run", "careful.lua"], environment: environment).finished()
      expect(ran, endsWith: 0)
      let lines = ran.text.split(separator: "\n")
      #expect(lines.count == 4 && lines.allSatisfy { $0.hasPrefix("false\t") }, "\(ran)")
      try place.write(
        """
        return { name = "flow", may = {}, migrate = function(project)
          return skip(tostring(project.integrations:get("FLOWDOCK")))
        end }
        """,
        to: "careless.lua"
      )
      let plan = try await place.start(["plan", "careless.lua"], environment: environment)
        .finished()
      expect(plan, endsWith: 1)
      #expect(plan.text.contains("4  ") && plan.text.contains("API key"), "\(plan)")
    }
  }

  @Test func `an apply that outlives its tokens ends well, each write made once`() async throws {
    try await Atlas.with(
      projects: 60,
      {
        $0.tokenLifetime = .seconds(3)
        $0.latency = .milliseconds(200)
      }
    ) { place, atlas in
      try await place.planMove()
      let environment = atlas.environment(of: atlas.simulator.credentials.serviceAccount)
      let expected = try atlas.projects(inRegion: "US").count
      let (apply, requests) = try await atlas.requests {
        try await place.start(
          ["apply", "move.godwit", "--yes", "-j", "1"],
          environment: environment
        ).finished()
      }
      expect(apply, endsWith: 0)
      #expect(requests.count(where: isForToken) > 1)
      #expect(requests.count { $0.mutation == "made" } == expected)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }

  @Test(arguments: [
    (ServiceAccountStanding.disabled, "disabled"), (.secretExpired, "expired"),
  ])
  func `an account that gets no token is told why, in one request`(
    standing: ServiceAccountStanding,
    word: String
  ) async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      let account = atlas.simulator.credentials.serviceAccount
      atlas.simulator.set(account, to: standing)
      let (plan, requests) = try await atlas.requests {
        try await place.start(
          ["plan", "move.lua"] + words,
          environment: atlas.environment(of: account)
        ).finished()
      }
      expectRefusal(plan, saying: ["the credentials were not accepted", "invalid_client", word])
      #expect(!plan.errors.contains(account.clientSecret))
      #expect(requests.count == 1)
      #expect(!place.exists("move.godwit"))
    }
  }

  @Test func `a wrong secret is told without it`() async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      var environment = atlas.environment(of: atlas.simulator.credentials.serviceAccount)
      environment["MONGODB_ATLAS_CLIENT_SECRET"] = "mdb_sa_sk_wrong-and-secret"
      let plan = try await place.start(["plan", "move.lua"] + words, environment: environment)
        .finished()
      expectRefusal(plan, saying: ["invalid_client", "Check client id and secret".lowercased()])
      #expect(!plan.errors.contains("wrong-and-secret"))
    }
  }

  @Test func `a read-only account plans, and its apply is refused without a write`() async throws {
    try await Atlas.with(projects: 8) { place, atlas in
      let environment = atlas.environment(of: atlas.simulator.credentials.readOnlyServiceAccount)
      let plan = try await place.start(["plan", "move.lua"] + words, environment: environment)
        .finished()
      expect(plan, endsWith: 0)
      let apply = try await place.start(
        ["apply", "move.godwit", "--yes"],
        environment: environment
      ).finished()
      expect(apply, endsWith: 3)
      #expect(apply.text.contains("USER_UNAUTHORIZED"))
      #expect(try atlas.writesMade().isEmpty)
    }
  }
}
