import GodwitCore
import NIOCore
import Testing

@testable import GodwitAtlas

@Suite struct RequestBodyTests {
  private static func encode(
    _ type: IntegrationType,
    _ body: JSONObject,
    secret: String? = "0123456789abcdef0123456789abcdef"
  ) throws(RefusedBody) -> String {
    let body = try RequestBodyEncoder.encode(body, of: type) { _ in secret.map { SecretValue($0) } }
    return String(buffer: body.bytes)
  }

  @Test func `puts secrets in, and keys in order`() throws {
    let text = try Self.encode(
      "DATADOG",
      ["region": "EU", "apiKey": .secret(SecretReference(name: "k")), "sendDatabaseMetrics": true]
    )
    #expect(
      text == #"{"apiKey":"0123456789abcdef0123456789abcdef","region":"EU","#
        + #""sendDatabaseMetrics":true,"type":"DATADOG"}"#
    )
  }

  @Test func `writes what is read back as the same value`() throws {
    let body: JSONObject = [
      "type": "NEW_THING",
      "text": .string("quote \" slash \\ line \n bell \u{7} ü 🦜 \u{7F}"),
      "nested": ["list": [1, .null, false, .number(try #require(JSONNumber(1.5)))], "empty": [:]],
    ]
    let text = try Self.encode("NEW_THING", body)
    #expect(try JSONValue(parsing: text) == .object(body))
  }

  @Test(arguments: IntegrationRules.all)
  func `refuses every secret field as a mask, and as text with the look of one`(
    rule: IntegrationRule
  ) {
    for field in rule.secretFields {
      let masks: [JSONValue] = [
        .masked(MaskedValue(tail: "9abc", length: 32)), "****9abc", "************", "****",
        "https://example.com/****2101", "https://example.com/****",
      ]
      for mask in masks {
        #expect(throws: RefusedBody.self) { try Self.encode(rule.type, [field.name: mask]) }
      }
    }
  }

  @Test(
    arguments: [
      ["deep": ["list": [.masked(MaskedValue(tail: "9abc", length: nil))]]],
      ["deep": ["list": ["********9abc"]]],
      ["unknown": "****9abc"],
      ["region": .masked(MaskedValue(tail: "", length: nil))],
    ] as [JSONObject]
  )
  func `refuses masks at every depth and in unknown fields`(body: JSONObject) {
    #expect(throws: RefusedBody.self) { try Self.encode("DATADOG", body) }
  }

  @Test func `lets stars pass in a field that is shown in clear`() throws {
    #expect(try Self.encode("SLACK", ["channelName": "****ops"]).contains("****ops"))
  }

  @Test(arguments: [nil, "", "****9abc"])
  func `refuses a secret without a value, or with a mask as its value`(value: String?) throws {
    let body: JSONObject = ["apiKey": .secret(SecretReference(name: "datadogKey"))]
    let error = #expect(throws: RefusedBody.self) {
      try Self.encode("DATADOG", body, secret: value)
    }
    #expect(error?.reason.contains("datadogKey") == true)
    #expect(error?.reason.contains("9abc") == false)
  }

  @Test func `refuses a secret that is not text`() {
    #expect(throws: RefusedBody.self) {
      try RequestBodyEncoder.encode(
        ["apiKey": .secret(SecretReference(name: "k"))],
        of: "DATADOG"
      ) { _ in SecretValue([0xFF, 0xFE]) }
    }
  }

  @Test func `refuses a body of another type`() {
    #expect(throws: RefusedBody.self) { try Self.encode("DATADOG", ["type": "SLACK"]) }
  }

  @Test func `sends nothing if the body is refused`() async throws {
    try await Client.with(script: { _ in .json(emptyList) }) { client, server in
      let error = try await atlasError {
        try await client.writer.update("DATADOG", in: Client.project, body: ["apiKey": "****9abc"])
        { _ in nil }
      }
      #expect(error.kind == .refusedBody)
      #expect(error.arrival == .notArrived)
      #expect(server.requests.isEmpty)
    }
  }
}
