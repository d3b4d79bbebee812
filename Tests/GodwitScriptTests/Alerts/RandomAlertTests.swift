import GodwitCore
import TestSupport
import Testing

@testable import GodwitScript

/// Scripts that do anything to alert configurations: whatever comes of it, no body has a mask.
@Suite struct RandomAlertTests {
  private static let secretFields = [
    "datadogApiKey", "serviceKey", "apiToken", "webhookUrl", "webhookSecret", "opsGenieApiKey",
  ]
  private static let types = ["DATADOG", "PAGER_DUTY", "SLACK", "WEBHOOK", "OPS_GENIE", "EMAIL"]
  private static let ids = ["n1", "n2", "n3", "n4", "n5"]

  private static func pick(_ words: [String], _ random: inout SeededRandom) -> String {
    words[Int.random(in: 0..<words.count, using: &random)]
  }

  /// One thing that may be done to the table of notifications `n`, or with it.
  private static func step(_ random: inout SeededRandom) -> String {
    let field = pick(secretFields, &random)
    let other = pick(secretFields, &random)
    let type = pick(types, &random)
    return switch Int.random(in: 0..<14, using: &random) {
    case 0: "n[1].\(field) = params.key"
    case 1: "n[1].\(field) = n[#n].\(other)"
    case 2: "n[1].notifierId = nil"
    case 3: "n[1].notifierId = '\(pick(ids, &random))'"
    case 4: "table.remove(n, 1) n[1] = n[1] or { typeName = 'EMAIL', emailAddress = 'a@b.c' }"
    case 5: "n[#n + 1] = { typeName = '\(type)', \(field) = n[1].\(other) }"
    case 6: "n[#n + 1] = { typeName = '\(type)', \(field) = params.url, channelName = 'x' }"
    case 7: "n[1].typeName = '\(type)'"
    case 8: "n[1].\(field) = json.null"
    case 9: "n[1].\(field) = tostring(n[#n].\(other))"
    case 10: "pcall(alerts.create, alerts, { eventTypeName = 'X', notifications = n })"
    case 11: "pcall(alerts.update, alerts, a.id, { notifications = n, matchers = { n[1] } })"
    case 12: "pcall(alerts.disable, alerts, a.id)"
    default: "pcall(alerts.update, alerts, a.id, { notifications = n })"
    }
  }

  private static func body(_ seed: UInt64) -> String {
    var random = SeededRandom(seed: seed)
    var lines = ["local alerts = project.alerts"]
    for _ in 0..<6 {
      let id = Bool.random(using: &random) ? AlertBench.id : AlertBench.otherID
      lines.append("do local a = alerts:get('\(id)') local n = a.notifications")
      for _ in 0..<Int.random(in: 1...5, using: &random) { lines.append(step(&random)) }
      lines.append("pcall(alerts.update, alerts, a.id, { notifications = n }) end")
    }
    return lines.joined(separator: "\n")
  }

  private static func holdsMask(_ value: JSONValue) -> Bool {
    switch value {
    case .masked: true
    case .string(let text): MaskedValue.looksMasked(text)
    case .array(let elements): elements.contains(where: holdsMask)
    case .object(let object): object.contains { holdsMask($0.value) }
    default: false
    }
  }

  @Test func `no body ever has a mask, and each notification is complete`() async throws {
    var writes = 0
    for seed in 0..<150 as Range<UInt64> {
      let plan = try await Bench.plan(Self.body(seed), on: AlertBench.world)
      #expect(plan.outcome != .failed, "\(plan.reason ?? ""), seed \(seed)")
      #expect(plan.operations.map(\.number) == Array(1..<plan.operations.count + 1))
      #expect(Set(plan.operations.compactMap(\.target.alert?.id)).count <= 2)
      for operation in plan.operations {
        guard let body = operation.body else { continue }
        writes += 1
        #expect(!Self.holdsMask(.object(body)), "\(operation), seed \(seed)")
        guard operation.verb != .toggle else { continue }
        #expect(!AlertBench.notifications(body).isEmpty)
        let stored = AlertBench.notifications(operation.before)
        for notification in AlertBench.notifications(body) where notification["notifierId"] != nil {
          let partner = stored.first { $0["notifierId"] == notification["notifierId"] }
          #expect(partner?["typeName"] == notification["typeName"], "seed \(seed)")
        }
      }
    }
    #expect(writes > 100, "\(writes) writes were looked at")
  }
}
