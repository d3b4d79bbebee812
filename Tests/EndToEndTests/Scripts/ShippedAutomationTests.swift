import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// The automations that ship: CSV on stdout, nothing written.
@Suite struct ShippedAutomationTests {
  private func rows(_ finished: Finished) -> [[Substring]] {
    finished.text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  @Test func `inventory prints every integration, and no key`() async throws {
    try await Atlas.with(projects: 40) { place, atlas in
      try place.copyScripts()
      let run = try await place.godwit("run", "scripts/inventory.lua")
      expect(run, endsWith: 0)
      let rows = rows(run)
      #expect(rows.first?.joined(separator: ",") == "project,id,orgId,type,region,key")
      let shown =
        try atlas.world.integrationCount() - atlas.world.integrationCount(type: "FLOWDOCK")
      #expect(rows.count == shown + 1)
      let datadog = try atlas.world.projectIDs(having: "DATADOG")
      #expect(
        run.text.split(separator: "\n").filter { $0.contains(",DATADOG,") }.count == datadog.count
      )
      for project in datadog {
        let whole = try atlas.world.integration(of: project, type: "DATADOG")
        let key = try #require(whole?["apiKey"]?.stringValue)
        #expect(!run.text.contains(key))
        #expect(run.text.contains(key.suffix(4)))
      }
      #expect(try atlas.requests().allSatisfy { $0.method == "GET" })

      let few = try await place.godwit(
        "run",
        "scripts/inventory.lua",
        "--param",
        "type=DATADOG"
      )
      expect(few, endsWith: 0)
      #expect(self.rows(few).count == datadog.count + 1)
    }
  }

  @Test func `audit prints what is wrong`() async throws {
    try await Atlas.with(projects: 60) { place, atlas in
      try place.copyScripts()
      let project = try atlas.world.projectIDs()[0]
      for type in ["SLACK", "HIP_CHAT"]
      where try atlas.world.integration(of: project, type: type) != nil {
        try atlas.world.remove(type: type, from: project)
      }
      try atlas.world.add(["apiToken": "xoxp-12345678901"], type: "SLACK", to: project)
      try atlas.world.add(
        ["notificationToken": "0123456789012345678901234567890123456789", "roomName": "r"],
        type: "HIP_CHAT",
        to: project
      )
      let run = try await place.godwit("run", "scripts/audit.lua")
      expect(run, endsWith: 0)
      let rows = rows(run)
      #expect(rows.first?.joined(separator: ",") == "project,id,finding,more")
      // A name may hold a comma, and is quoted then.
      let own = run.text.split(separator: "\n").filter { $0.contains(",\(project),") }
      #expect(own.contains { $0.contains(",legacy Slack,") }, "\(own)")
      #expect(own.contains { $0.contains(",dead service,HIP_CHAT") }, "\(own)")
      #expect(run.text.contains(",alert without route,"))
      #expect(!run.text.contains("xoxp-12345678901"))
      #expect(try atlas.requests().allSatisfy { $0.method == "GET" })
    }
  }

  @Test(arguments: [
    ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"), ("=1+1", "'=1+1"), ("  +1", "'  +1"),
    ("\u{FF1D}1", "'\u{FF1D}1"), ("a;b", "a;b"), ("a \"b\", c", "a \"\"b\"\", c"),
    ("\t=1", "'\\t=1"), ("two\nlines", "two\\nlines"), ("trailing ", "trailing "),
  ])
  func `what a spreadsheet would take for a formula or another cell is disarmed`(
    value: String,
    shown: String
  ) async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      try place.copyScripts()
      let project = try atlas.world.projectIDs()[0]
      for type in ["SLACK", "DATADOG"]
      where try atlas.world.integration(of: project, type: type) != nil {
        try atlas.world.remove(type: type, from: project)
      }
      try atlas.world.add(
        ["apiToken": "xoxp-12345678901", "channelName": .string(value)],
        type: "SLACK",
        to: project
      )
      try atlas.world.add(
        ["apiKey": .string(Scripts.datadogKey), "region": .string(value)],
        type: "DATADOG",
        to: project
      )
      let isPlain = !shown.contains { ",;'\"".contains($0) } && !shown.hasSuffix(" ")
      let cell = isPlain ? shown : "\"\(shown)\""
      let audit = try await place.godwit("run", "scripts/audit.lua")
      expect(audit, endsWith: 0)
      #expect(audit.text.contains(",legacy Slack,\(cell)\n"), "\(audit)")
      let inventory = try await place.godwit("run", "scripts/inventory.lua")
      expect(inventory, endsWith: 0)
      #expect(inventory.text.contains(",DATADOG,\(cell),****"), "\(inventory)")
    }
  }

  @Test func `audit with a service account says what it cannot see, and all the rest`() async throws
  {
    try await Atlas.with(projects: 60) { place, atlas in
      try place.copyScripts()
      let whole = try await place.godwit("run", "scripts/audit.lua")
      let account = try await place.godwit(
        "run",
        "scripts/audit.lua",
        environment: atlas.environment(of: atlas.simulator.credentials.serviceAccount)
      )
      expect(account, endsWith: 0)
      let remark = ",,not looked at,FLOWDOCK: not visible to a service account"
      #expect(account.text.contains("\n\(remark)\n"), "\(account)")
      #expect(!whole.text.contains("not looked at"))
      let lines = account.text.split(separator: "\n").filter { $0 != remark }
      let rest = whole.text.split(separator: "\n").filter { !$0.contains("FLOWDOCK") }
      #expect(lines == rest)
      #expect(rest.count > 5)
    }
  }

  @Test(arguments: ["inventory", "audit"])
  func `with a wrong key nothing is printed but why`(script: String) async throws {
    try await Atlas.with(projects: 3) { place, _ in
      var place = place
      try place.copyScripts()
      place.environment["MONGODB_ATLAS_PRIVATE_API_KEY"] = "00000000-0000-4000-8000-000000000000"
      let run = try await place.godwit("run", "scripts/\(script).lua")
      #expect(run.status == 1 || run.status == 3, "\(run)")
      #expect(run.errors.contains("key"), "\(run)")
    }
  }
}
