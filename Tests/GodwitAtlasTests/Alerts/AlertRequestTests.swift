import GodwitCore
import NIOCore
import Testing

@testable import GodwitAtlas

@Suite struct AlertRequestTests {
  private static let id = AlertConfigurationID("0123456789abcdef0123aaaa")
  private static let text =
    #"{"id":"0123456789abcdef0123aaaa","groupId":"g","enabled":true,"notifications":[{"typeName":"#
    + #""FLOWDOCK","flowdockApiToken":"0123456789abcdef0123456789ab9abc","flowName":"main"}]}"#
  private static let path = "/groups/0123456789abcdef01234567/alertConfigs"

  @Test func `reads all pages, and no configuration twice`() async throws {
    let script: ScriptedServer.Script = { request in
      let number = request.target.last.map(String.init).flatMap(Int.init) ?? 0
      let next = number < 3 ? #"{"rel":"next","href":"x"}"# : ""
      let items = (number * 2 - 2..<number * 2).map { #"{"id":"\#($0)","enabled":true}"# }
      return .json(#"{"links":[\#(next)],"results":[\#(items.joined(separator: ","))]}"#)
    }
    try await Client.with(script: script) { client, server in
      let all = try await client.reader.alertConfigurations(of: Client.project)
      #expect(all.map(\.id.text) == (0...5).map(String.init))
      #expect(
        server.requests.map(\.target)
          == (1...3).map { "/api/atlas/v2\(Self.path)?itemsPerPage=500&pageNum=\($0)" }
      )
    }
  }

  @Test func `goes through v1.0 where it is asked to, and masks what comes in clear`() async throws
  {
    try await Client.with(Client.key, script: { _ in .json(Self.text) }) { client, server in
      // The scripted server asks for no credentials, which a read may take.
      let read = try await client.reader.alertConfiguration(
        Self.id,
        of: Client.project,
        through: .v1
      )
      #expect(read?.integrationTypes == ["FLOWDOCK"])
      #expect(
        read?.notifications.first?["flowdockApiToken"]
          == .masked(MaskedValue(tail: "9abc", length: 32))
      )
      #expect(server.requests[0].target == "/api/atlas/v1.0\(Self.path)/\(Self.id)")
      #expect(server.requests[0].headers["accept"] == "application/json")
    }
  }

  @Test func `a missing configuration is none, a missing project an error`() async throws {
    for (code, isError) in [("ALERT_CONFIG_NOT_FOUND", false), ("GROUP_NOT_FOUND", true)] {
      try await Client.with(script: { _ in .error(404, code) }) { client, _ in
        do {
          let read = try await client.reader.alertConfiguration(Self.id, of: Client.project)
          #expect(read == nil && !isError)
        } catch {
          #expect(isError)
        }
      }
    }
  }

  @Test func `creates, replaces, turns off and deletes`() async throws {
    let script: ScriptedServer.Script = { request in
      request.method == "DELETE" ? .json("", status: 204) : .json(Self.text, status: 201)
    }
    try await Client.with(script: script) { client, server in
      let body: JSONObject = [
        "enabled": true,
        "notifications": [
          ["typeName": "DATADOG", "datadogApiKey": .secret(SecretReference(name: "k"))]
        ],
      ]
      let secrets: SecretResolver = { _ in SecretValue("whole") }
      let writer = client.writer
      let made = try await writer.createAlertConfiguration(
        in: Client.project,
        body: body,
        secrets: secrets
      )
      #expect(made?.id == Self.id)
      _ = try await writer.updateAlertConfiguration(
        Self.id,
        in: Client.project,
        body: body,
        secrets: secrets
      )
      let toggled = try await writer.setAlertConfiguration(
        Self.id,
        enabled: false,
        in: Client.project
      )
      #expect(toggled?.isEnabled == true)
      try await writer.deleteAlertConfiguration(Self.id, in: Client.project)
      #expect(server.requests.map(\.method) == ["POST", "PUT", "PATCH", "DELETE"])
      let one = "/api/atlas/v2\(Self.path)/\(Self.id)"
      #expect(server.requests.map(\.target) == ["/api/atlas/v2\(Self.path)", one, one, one])
      let sent =
        #"{"enabled":true,"notifications":[{"datadogApiKey":"whole","typeName":"DATADOG"}]}"#
      #expect(server.requests.map(\.bodyText) == [sent, sent, #"{"enabled":false}"#, ""])
    }
  }

  private static let secretFields = NotificationRules.all.flatMap { rule in
    rule.secretFields.map { (rule.typeName, $0.name) }
  }

  @Test(
    arguments: secretFields,
    [
      .masked(MaskedValue(tail: "9abc", length: 32)), "****9abc", "****************",
      "https://example.com/****2101",
    ] as [JSONValue]
  )
  func `a mask in a notification is never sent`(field: (String, String), mask: JSONValue) {
    let notification: JSONValue = ["typeName": .string(field.0), field.1: mask, "notifierId": "a"]
    #expect(throws: RefusedBody.self) {
      try RequestBodyEncoder.encode(
        alertConfiguration: ["notifications": [notification]],
        secrets: { _ in nil }
      )
    }
  }

  @Test(
    arguments: [
      ["notifications": [["typeName": "NEW_THING", "any": "****9abc"]]],
      ["notifications": [["typeName": "GROUP", "roles": ["****9abc"], "other": ["****9abc"]]]],
      ["metricThreshold": ["x": .masked(MaskedValue(tail: "9abc", length: 32))]],
      ["note": "****9abc"], ["id": "1"], ["groupId": "1"], ["created": "1"], ["updated": "1"],
      ["links": []],
    ] as [JSONObject]
  )
  func `other masks, and what only Atlas makes, are refused too`(body: JSONObject) {
    #expect(throws: RefusedBody.self) {
      try RequestBodyEncoder.encode(alertConfiguration: body, secrets: { _ in nil })
    }
  }

  @Test func `stars pass in a field that is shown in clear`() throws {
    let body = try RequestBodyEncoder.encode(
      alertConfiguration: ["notifications": [["typeName": "SLACK", "channelName": "****ops"]]],
      secrets: { _ in nil }
    )
    #expect(String(buffer: body.bytes).contains("****ops"))
  }
}
