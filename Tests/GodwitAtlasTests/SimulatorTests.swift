import AtlasSimulator
import GodwitCore
import TestSupport
import Testing

@testable import GodwitAtlas

/// The client against a server that verifies, judges and masks as Atlas does.
@Suite struct SimulatorTests {
  private static let datadogKey = "0123456789abcdef0123456789ab77e0"

  private static func with(
    _ adjust: (inout SimulatorConfiguration) -> Void = { _ in },
    credential: (SimulatorCredentials) -> AtlasCredential = { owner($0) },
    _ body: (Client) async throws -> Void
  ) async throws {
    var configuration = SimulatorConfiguration()
    configuration.projects = 40
    adjust(&configuration)
    let simulator = try await Simulator.start(configuration)
    do {
      try await Client.with(
        credential(simulator.credentials),
        origin: simulator.baseURL,
        { $0.parallelism = 16 },
        body
      )
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  private static func owner(_ credentials: SimulatorCredentials) -> AtlasCredential {
    .digest(
      publicKey: credentials.publicKey,
      privateKey: SecretValue(credentials.privateKey)
    )
  }

  private static func token(_ credentials: SimulatorCredentials) -> AtlasCredential {
    .accessToken(SecretValue(credentials.accessToken))
  }

  /// A project without, or with, an integration of a type.
  private static func project(
    _ client: Client,
    with type: IntegrationType,
    isThere: Bool
  ) async throws -> ProjectID {
    for project in try await client.reader.projects() {
      let found = try await client.reader.integration(of: project.id, type: type)
      if (found != nil) == isThere { return project.id }
    }
    throw NoError()
  }

  @Test(arguments: [true, false])
  func `creates, updates, reads and deletes`(usesKey: Bool) async throws {
    try await Self.with(credential: usesKey ? Self.owner : Self.token) { client in
      let project = try await Self.project(client, with: "DATADOG", isThere: false)
      let secrets: SecretResolver = { _ in SecretValue(Self.datadogKey) }
      let body: JSONObject = ["apiKey": .secret(SecretReference(name: "k")), "region": "US"]
      let created = try #require(
        try await client.writer.create("DATADOG", in: project, body: body, secrets: secrets)
      )
      #expect(created.fields["apiKey"] == .masked(MaskedValue(tail: "77e0", length: 32)))
      let twice = try await atlasError {
        try await client.writer.create("DATADOG", in: project, body: body, secrets: secrets)
      }
      #expect(twice.errorCode == "INTEGRATION_ALREADY_CONFIGURED")
      #expect(twice.arrival == .unknown)
      let updated = try #require(
        try await client.writer.update(
          "DATADOG",
          in: project,
          body: body.merging(["region": "EU"]),
          secrets: secrets
        )
      )
      #expect(updated.fields["region"] == "EU")
      #expect(updated.stamp != created.stamp)
      let read = try await client.reader.integration(of: project, type: "DATADOG")
      #expect(read == updated)
      #expect(try await client.reader.integrations(of: project).contains(updated))
      try await client.writer.delete("DATADOG", in: project)
      #expect(try await client.reader.integration(of: project, type: "DATADOG") == nil)
      let gone = try await atlasError { try await client.writer.delete("DATADOG", in: project) }
      #expect(gone.isIntegrationNotConfigured)
      #expect(client.connection.statistics.challenges == (usesKey ? 1 : 0))
    }
  }

  @Test func `reads every project with one challenge`() async throws {
    try await Self.with({ $0.projects = 1_234 }) { client in
      let projects = try await client.reader.projects()
      #expect(projects.count == 1_234)
      #expect(Set(projects.map(\.id)).count == 1_234)
      let first = try #require(projects.first)
      #expect(try await client.reader.project(first.id).name == first.name)
      let total = try await withThrowingTaskGroup(of: Int.self) { group in
        for project in projects {
          group.addTask { try await client.reader.integrations(of: project.id).count }
        }
        return try await group.reduce(0, +)
      }
      #expect(total > 1_000)
      #expect(!(try await client.reader.organizations()).isEmpty)
      #expect(client.connection.statistics.challenges == 1)
      #expect(client.connection.statistics.failures == 0)
    }
  }

  @Test func `says that a key is wrong after one challenge and one answer`() async throws {
    try await Self.with(
      credential: { .digest(publicKey: $0.publicKey, privateKey: SecretValue("not the key")) }
    ) { client in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .wrongCredentials)
      #expect(client.connection.statistics.requests == 2)
    }
  }

  @Test func `goes on when nonces grow old`() async throws {
    let clock = ManualClock()
    try await Self.with({ $0.now = clock.instant }) { client in
      let projects = try await client.reader.projects()
      for round in 1...4 {
        clock.advance(by: 301_000)
        let before = client.connection.statistics.requests
        try await withThrowingTaskGroup(of: Void.self) { group in
          for project in projects.prefix(8) {
            group.addTask { _ = try await client.reader.integrations(of: project.id) }
          }
          try await group.waitForAll()
        }
        #expect(client.connection.statistics.requests > before + 8, "round \(round)")
      }
      #expect(client.connection.statistics.challenges == 1)
    }
  }

  @Test func `lets a read-only key read and not write`() async throws {
    try await Self.with(
      credential: {
        .digest(
          publicKey: $0.readOnly.publicKey,
          privateKey: SecretValue($0.readOnly.privateKey)
        )
      }
    ) { client in
      let project = try await Self.project(client, with: "DATADOG", isThere: true)
      let error = try await atlasError { try await client.writer.delete("DATADOG", in: project) }
      #expect(error.status == 403 || error.status == 401)
      #expect(error.kind == .status)
      #expect(error.arrival == .refused)
      #expect(error.scope == .project)
    }
  }

  @Test func `tells missing projects, names and types apart`() async throws {
    try await Self.with { client in
      let missing = ProjectID("0123456789abcdef01234567")
      let project = try await atlasError { try await client.reader.project(missing) }
      #expect(project.status == 404)
      #expect(project.errorCode == "GROUP_NOT_FOUND")
      let integration = try await atlasError {
        try await client.reader.integration(of: missing, type: "DATADOG")
      }
      #expect(integration.errorCode == "GROUP_NOT_FOUND")
      let name = try await atlasError { try await client.reader.project(named: "no/such ü?&") }
      #expect(name.errorCode == "GROUP_NAME_NOT_FOUND")
    }
  }

  @Test func `reads in spite of faults`() async throws {
    try await Self.with({ $0.failRate = 0.1 }) { client in
      let projects = try await client.reader.projects()
      for project in projects { _ = try await client.reader.integrations(of: project.id) }
      #expect(client.connection.statistics.retries > 0)
    }
  }
}
