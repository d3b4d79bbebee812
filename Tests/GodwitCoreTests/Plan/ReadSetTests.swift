import GodwitCore
import Testing

@Suite struct ReadSetTests {
  private static let datadog = Integration([
    "type": "DATADOG", "id": "1", "region": "US", "apiKey": "****9abc",
  ])
  private static let teams = Integration(type: "MICROSOFT_TEAMS", fields: [:])

  private static func now(_ fields: JSONObject) -> [Integration] {
    [Integration(fields.merging(["type": "DATADOG"]))].compactMap { $0 }
  }

  static let drifts: [(JSONObject, [String])] = [
    (["region": "US", "apiKey": "****9abc", "id": "2"], []),
    (["region": "US", "apiKey": "****9abc", "sendDatabaseMetrics": false], []),
    (["region": "EU", "apiKey": "****9abc"], ["DATADOG.region was \"US\", is \"EU\""]),
    (["apiKey": "****9abc"], ["DATADOG.region was \"US\", is absent"]),
    (["region": "US", "apiKey": "****77e0"], ["DATADOG.apiKey was ****bc, is ****e0"]),
    (
      ["region": "US", "apiKey": "****9abc", "new": [1]],
      ["DATADOG.new was absent, is [1]"]
    ),
  ]

  @Test(arguments: drifts) func `drift says which field was what`(
    fields: JSONObject,
    phrases: [String]
  ) {
    let set = ReadSet(images: ["DATADOG": Self.datadog?.fields])
    #expect(set.drift(to: Self.now(fields)) == phrases)
  }

  @Test func `what came and went is drift`() {
    let set = ReadSet(images: ["DATADOG": Self.datadog?.fields, "MICROSOFT_TEAMS": nil])
    #expect(
      set.drift(to: [Self.teams]) == [
        "DATADOG was configured, and is not any more",
        "MICROSOFT_TEAMS was not configured, and is now",
      ]
    )
  }

  @Test func `types that were not looked at may change, unless all were`() {
    var set = ReadSet(images: [:])
    #expect(set.isEmpty)
    #expect(set.drift(to: [Self.teams]) == [])
    set.isEverything = true
    #expect(!set.isEmpty)
    #expect(set.drift(to: [Self.teams]) == ["MICROSOFT_TEAMS was not configured, and is now"])
  }
}
