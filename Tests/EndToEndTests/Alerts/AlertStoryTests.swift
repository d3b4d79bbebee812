import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Alert configurations and other resources, from a script to Atlas.
@Suite struct AlertStoryTests {
  /// Gives every alert through Datadog a new key, turns those through PagerDuty off, makes one alert
  /// and turns the audit log on; planned again it finds all of that done.
  private static let script = """
    return {
      name = "alerts",
      params = { apiKey = { type = "secret" } },
      may = { alerts = { "create", "update", "toggle" }, request = { "PATCH /auditLog" } },
      migrate = function(project, params)
        local alerts = project.alerts
        for _, alert in ipairs(alerts:using("DATADOG")) do
          for _, notification in ipairs(alert.notifications) do
            if notification.typeName == "DATADOG" then
              notification.datadogApiKey = params.apiKey
            end
          end
          alerts:update(alert.id, { notifications = alert.notifications })
        end
        for _, alert in ipairs(alerts:using("PAGER_DUTY")) do alerts:disable(alert.id) end
        local isThere = false
        for _, alert in ipairs(alerts:list()) do
          isThere = isThere or alert.notifications[1].emailAddress == "godwit@example.com"
        end
        if not isThere then
          alerts:create{
            eventTypeName = "HOST_DOWN", enabled = true, matchers = {},
            notifications = {
              { typeName = "EMAIL", emailAddress = "godwit@example.com", intervalMin = 60 },
            },
          }
        end
        if not project:get("/auditLog").enabled then
          project:request{ method = "PATCH", path = "/auditLog", body = { enabled = true } }
        end
      end,
      verify = function(project, params)
        for _, alert in ipairs(project.alerts:using("DATADOG")) do
          for _, notification in ipairs(alert.notifications) do
            if notification.typeName == "DATADOG" then
              assert(notification.datadogApiKey:matches(params.apiKey), "another key")
            end
          end
        end
        assert(project:get("/auditLog").enabled, "the audit log is off")
      end,
    }
    """

  private static func plan(_ place: Workplace, _ file: String) async throws -> Finished {
    try place.write(script, to: "alerts.lua")
    return try await place.godwit(
      "plan",
      "alerts.lua",
      "--secret",
      "apiKey=env:DATADOG_KEY",
      "--out",
      file
    )
  }

  @Test func `alerts and requests are planned, applied, verified, and planned again empty`()
    async throws
  {
    try await Atlas.with(projects: 24) { place, atlas in
      let plan = try await Self.plan(place, "a.godwit")
      expect(plan, endsWith: 0)
      for words in [
        "create alert HOST_DOWN", "PATCH /auditLog", "notifications[DATADOG].datadogApiKey",
      ] {
        #expect(plan.text.contains(words), "\(plan)")
      }
      #expect(try atlas.writesMade().isEmpty)
      let apply = try await place.godwit("apply", "a.godwit", "--yes")
      expect(apply, endsWith: 0)
      let planned = try await place.document(of: "a.godwit").projects.flatMap(\.operations).count
      #expect(try atlas.writesMade().count == planned)
      let again = try await Self.plan(place, "b.godwit")
      expect(again, endsWith: 0)
      #expect(again.text.contains("Nothing to apply"), "\(again)")
    }
  }

  @Test func `answers that are lost are found again, and nothing is made twice`() async throws {
    try await Atlas.with(
      projects: 16,
      { configuration in
        // The write is made, and its answer lost.
        var fault = FaultRule(.closedAfter)
        fault.rate = 0.3
        fault.scope = .writes
        configuration.faults = [fault]
      },
      { place, atlas in
        expect(try await Self.plan(place, "a.godwit"), endsWith: 0)
        let apply = try await place.godwit("apply", "a.godwit", "--yes", "--settle", "0s")
        expect(apply, endsWith: 0)
        let planned = try await place.document(of: "a.godwit").projects.flatMap(\.operations).count
        #expect(try atlas.writesMade().count == planned)
      }
    )
  }

  /// Makes two pagers and an alert through both, or deletes one of them.
  private static let pagers = """
    return {
      name = "pagers",
      params = { key = { type = "secret" }, gone = { type = "string", optional = true } },
      may = {
        alerts = { "create", "delete" }, create = { "PAGER_DUTY", "OPS_GENIE" },
        update = { "PAGER_DUTY", "OPS_GENIE" },
        delete = { "PAGER_DUTY", "OPS_GENIE" },
      },
      migrate = function(project, params)
        local all = project.integrations
        if params.gone then
          all:delete(params.gone)
          return
        end
        for _, alert in ipairs(project.alerts:list()) do project.alerts:delete(alert.id) end
        all:set("PAGER_DUTY", { serviceKey = params.key })
        all:set("OPS_GENIE", { apiKey = params.key })
        project.alerts:create{
          eventTypeName = "HOST_DOWN", enabled = true,
          notifications = { { typeName = "PAGER_DUTY" }, { typeName = "OPS_GENIE" } },
        }
      end,
    }
    """

  @Test func `two runs that take one route each do not silence an alert`() async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      try place.write(Self.pagers, to: "pagers.lua")
      func plan(_ file: String, _ more: String...) async throws -> Finished {
        let words = ["plan", "pagers.lua", "--secret", "key=env:DATADOG_KEY", "--out", file]
        return try await place.start(words + more).finished()
      }
      let flags = ["--accept-irreversible", "--yes"]
      expect(try await plan("made.godwit"), endsWith: 0)
      expect(try await place.start(["apply", "made.godwit"] + flags).finished(), endsWith: 0)
      // Both are planned while both routes are there.
      expect(try await plan("one.godwit", "--param", "gone=OPS_GENIE"), endsWith: 0)
      expect(try await plan("two.godwit", "--param", "gone=PAGER_DUTY"), endsWith: 0)
      expect(try await place.start(["apply", "one.godwit"] + flags).finished(), endsWith: 0)
      let second = try await place.start(["apply", "two.godwit"] + flags).finished()
      #expect(second.status != 0, "\(second)")
      #expect(second.text.contains("OPS_GENIE was configured, and is not any more"), "\(second)")
      let again = try await plan("three.godwit", "--param", "gone=PAGER_DUTY")
      #expect(again.text.contains("would reach nobody: HOST_DOWN"), "\(again)")
      #expect(try atlas.world.integrationCount(type: "PAGER_DUTY") == 1)
    }
  }

  @Test func `a configuration that somebody else changed holds its project`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      try place.write(
        """
        return {
          name = "quiet", may = { alerts = { "toggle" } },
          migrate = function(project)
            local first = project.alerts:list()[1]
            if first.enabled then project.alerts:disable(first.id)
            else project.alerts:enable(first.id) end
          end,
        }
        """,
        to: "quiet.lua"
      )
      expect(
        try await place.godwit("plan", "quiet.lua", "--limit", "1", "--out", "a.godwit"),
        endsWith: 0
      )
      let other = try place.godwitEditing("severityOverride")
      try place.write(other, to: "other.lua")
      expect(
        try await place.godwit("apply", "other.lua", "--limit", "1", "--yes"),
        endsWith: 0
      )
      let apply = try await place.godwit("apply", "a.godwit", "--yes")
      expect(apply, endsWith: 5)
      #expect(apply.text.contains("severityOverride was"), "\(apply)")
    }
  }

  @Test func `alerts that would fall silent hold their projects, unless that is accepted`()
    async throws
  {
    try await Atlas.with(projects: 30) { place, atlas in
      try place.write(Scripts.delete, to: "delete.lua")
      let script = """
        return {
          name = "only", may = { alerts = { "update", "toggle" } },
          migrate = function(project)
            if project.name:byte(-1) % 2 == 0 then return skip("even") end
            for _, alert in ipairs(project.alerts:using("DATADOG")) do
              for _, notification in ipairs(alert.notifications) do
                if notification.typeName == "DATADOG" then
                  project.alerts:enable(alert.id)
                  project.alerts:update(alert.id, { notifications = { notification } })
                end
              end
            end
          end,
        }
        """
      try place.write(script, to: "only.lua")
      expect(
        try await place.godwit("apply", "only.lua", "--yes", "--accept-irreversible"),
        endsWith: 0
      )
      let held = try await place.godwit("plan", "delete.lua", "--out", "a.godwit")
      #expect(held.text.contains("would reach nobody"), "\(held)")
      #expect(held.text.contains("--accept-silent-alerts"), "\(held)")
      let document = try await place.document(of: "a.godwit")
      #expect(document.totals.held > 0)
      let accepted = try await place.godwit(
        "plan",
        "delete.lua",
        "--out",
        "b.godwit",
        "--accept-silent-alerts"
      )
      expect(accepted, endsWith: 0)
      let all = try await place.document(of: "b.godwit").totals
      #expect(all.held == 0)
      #expect(all.changed == document.totals.changed + document.totals.held)
    }
  }
}

extension Workplace {
  /// A script that changes one field of each project's first alert configuration.
  fileprivate func godwitEditing(_ field: String) throws -> String {
    """
    return {
      name = "other", may = { alerts = { "update" } },
      migrate = function(project)
        local first = project.alerts:list()[1]
        project.alerts:update(first.id, {
          \(field) = first.\(field) == "CRITICAL" and "WARNING" or "CRITICAL",
        })
      end,
    }
    """
  }
}
