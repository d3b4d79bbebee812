import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct AtlasReaderTests {
  @Test func `reads integrations, masks their secrets and keeps what it does not know`()
    async throws
  {
    let list =
      #"{"links":[],"results":[{"type":"DATADOG","id":"1","apiKey":"****************************9abc","#
      + #""region":"EU","customEndpoint":null,"futureField":{"a":[1,2]}},"#
      + #"{"type":"NEWER_THAN_GODWIT","apiToken":"in-clear-1234","depth":7},"#
      + #"{"type":"WEBHOOK","url":"https://example.com/****2101","secret":"plain-secret"}],"#
      + #""totalCount":3}"#
    try await Client.with(script: { _ in .json(list) }) { client, server in
      let integrations = try await client.reader.integrations(of: Client.project)
      #expect(integrations.map(\.type.text) == ["DATADOG", "NEWER_THAN_GODWIT", "WEBHOOK"])
      #expect(
        integrations[0].fields["apiKey"] == .masked(MaskedValue(tail: "9abc", length: 32))
      )
      #expect(integrations[0].fields["futureField"] == ["a": [1, 2]])
      #expect(integrations[0].stamp == "1")
      #expect(integrations[1].fields["depth"] == 7)
      #expect(!"\(integrations)".contains("in-clear"))
      #expect(!"\(integrations)".contains("plain-s"))
      #expect(server.requests.count == 1)
      #expect(
        server.requests[0].target
          == "/api/atlas/v2/groups/0123456789abcdef01234567/integrations"
      )
    }
  }

  @Test func `follows the pages of a list of integrations`() async throws {
    let script: ScriptedServer.Script = { request in
      request.target.hasSuffix("?pageNum=2")
        ? .json(#"{"results":[{"type":"B"}],"links":[{"rel":"previous","href":"x"}]}"#)
        : .json(#"{"results":[{"type":"A"}],"links":[{"rel":"next","href":"https://evil.test"}]}"#)
    }
    try await Client.with(script: script) { client, server in
      let integrations = try await client.reader.integrations(of: Client.project)
      #expect(integrations.map(\.type.text) == ["A", "B"])
      #expect(server.requests.count == 2)
    }
  }

  @Test(arguments: [
    #"{"results":[{"region":"EU"}]}"#, #"{"results":["DATADOG"]}"#, #"{"results":{}}"#,
    #"{"links":[]}"#, "null", "{", "",
  ])
  func `does not take a list that it cannot read`(body: String) async throws {
    try await Client.with(Client.token, { $0.retry.attempts = 1 }, script: { _ in .json(body) }) {
      client,
      _ in
      let error = try await atlasError {
        try await client.reader.integrations(of: Client.project)
      }
      #expect(error.kind == .unreadableAnswer)
      #expect(error.status == 200)
    }
  }

  @Test(arguments: [
    ("INTEGRATION_NOT_CONFIGURED", true), ("GROUP_NOT_FOUND", false),
    ("RESOURCE_NOT_FOUND", false), ("NOT_ATLAS_GROUP", false),
  ])
  func `tells a missing integration from a missing project`(code: String, isNil: Bool)
    async throws
  {
    try await Client.with(script: { _ in .error(404, code) }) { client, _ in
      if isNil {
        #expect(try await client.reader.integration(of: Client.project, type: "SLACK") == nil)
      } else {
        let error = try await atlasError {
          try await client.reader.integration(of: Client.project, type: "SLACK")
        }
        #expect(error.errorCode == code)
        #expect(error.status == 404)
      }
    }
  }

  @Test func `reads one integration, and no other in its place`() async throws {
    let script: ScriptedServer.Script = { _ in .json(#"{"type":"SLACK","channelName":"ops"}"#) }
    try await Client.with(Client.token, { $0.retry.attempts = 1 }, script: script) { client, _ in
      let slack = try await client.reader.integration(of: Client.project, type: "SLACK")
      #expect(slack?.fields["channelName"] == "ops")
      let error = try await atlasError {
        try await client.reader.integration(of: Client.project, type: "DATADOG")
      }
      #expect(error.kind == .unreadableAnswer)
    }
  }

  @Test func `reads organizations, without deleted ones, and projects`() async throws {
    let script: ScriptedServer.Script = { request in
      request.target.contains("/orgs")
        ? .json(
          #"{"results":[{"id":"1","name":"A"},{"id":"2","name":"B","isDeleted":true}]}"#
        )
        : .json(
          #"{"id":"p","name":"P","orgId":"1","tags":[{"key":"env","value":"prod"}],"x":1}"#
        )
    }
    try await Client.with(script: script) { client, _ in
      #expect(try await client.reader.organizations().map(\.name) == ["A"])
      let project = try await client.reader.project(ProjectID("p"))
      #expect(project.tags == ["env": "prod"])
      #expect(try await client.reader.project(named: "P") == project)
    }
  }
}
