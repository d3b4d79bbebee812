import GodwitCore
import Testing

@Suite struct AlertReachTests {
  private static func read(_ notifications: [JSONObject]) throws -> AlertConfiguration {
    let all = JSONValue.array(notifications.map(JSONValue.object))
    return try #require(AlertConfiguration(["id": "1", "notifications": all]))
  }

  @Test(
    arguments: [
      (["SLACK"], ["SLACK"], true), (["SLACK"], [], false),
      (["SLACK", "DATADOG"], ["DATADOG"], true), (["SLACK", "DATADOG"], ["WEBHOOK"], false),
      (["EMAIL"], [], true), (["SMS"], [], true), (["NEW_THING"], [], true), ([], ["SLACK"], false),
      // The services have ended.
      (["FLOWDOCK"], ["FLOWDOCK"], false), (["HIP_CHAT"], ["HIP_CHAT"], false),
      (["FLOWDOCK", "SLACK"], ["FLOWDOCK", "SLACK"], true),
      (["FLOWDOCK", "SLACK"], ["FLOWDOCK"], false),
    ] as [([String], Set<IntegrationType>, Bool)]
  )
  func `somebody is reached through integrations that are there, or nobody`(
    typeNames: [String],
    configured: Set<IntegrationType>,
    isReached: Bool
  ) throws {
    let read = try Self.read(typeNames.map { ["typeName": .string($0)] })
    #expect(read.reachesSomebody(through: configured) == isReached)
  }

  @Test(
    arguments: ["USER", "TEAM", "GROUP", "ORG"],
    [
      ([:], true), (["emailEnabled": true, "smsEnabled": false], true),
      (["emailEnabled": false, "smsEnabled": true], true),
      (["emailEnabled": false, "smsEnabled": false], false), (["emailEnabled": false], false),
    ] as [(JSONObject, Bool)]
  )
  func `people are reached by mail or SMS, and not with both off`(
    typeName: String,
    channels: (fields: JSONObject, isReached: Bool)
  ) throws {
    let read = try Self.read([channels.fields.merging(["typeName": .string(typeName)])])
    #expect(read.reachesPeople == channels.isReached)
  }

  @Test func `routes are the types by which somebody is reached`() throws {
    let read = try Self.read([
      ["typeName": "SLACK"], ["typeName": "DATADOG"], ["typeName": "FLOWDOCK"],
      ["typeName": "EMAIL"],
    ])
    #expect(read.routes(through: ["SLACK", "FLOWDOCK", "WEBHOOK"]) == ["SLACK"])
  }
}
