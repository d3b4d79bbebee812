import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Scripts that reach a limit, and one that cannot be stopped.
@Suite struct ScriptLimitTests {
  /// Bodies of `migrate` that never end or never have enough, and the words of their limits.
  static let hostile: [(body: String, limit: String)] = [
    ("while true do end", "processor time between two requests (0.3 seconds)"),
    ("while true do pcall(function() while true do end end) end", "processor time"),
    ("local t = {} while true do t[#t + 1] = {} end", "memory (8 MiB)"),
    ("return ('x'):rep(1 << 28)", "size of one value (8 MiB)"),
    ("local function f() return 1 + f() end f()", "memory (8 MiB) (hostile.lua:12)"),
    ("error(setmetatable({}, { __tostring = function() while true do end end }))", "error object"),
  ]

  @Test func `projects whose script reaches a limit fail with it, the others are done`()
    async throws
  {
    try await Atlas.with(projects: 24) { place, atlas in
      let bodies = Self.hostile.enumerated().map { index, item in
        "if number % 12 == \(index) then \(item.body) end"
      }
      // As the script has it: half of the numbers are those of a hostile body.
      func number(_ id: String) -> Int { (Int(id.suffix(4), radix: 16) ?? 0) % 12 }
      let script = """
        local count = 0
        return {
          name = "hostile",
          may = { update = { "DATADOG" } },
          params = { apiKey = { type = "secret" } },
          migrate = function(project, params)
            local number = tonumber(project.id:sub(-4), 16)
        \(bodies.joined(separator: "\n"))
            if project.integrations:get("DATADOG") then
              project.integrations:update("DATADOG", { region = "EU", apiKey = params.apiKey })
            end
          end,
        }
        """
      try place.write(script, to: "hostile.lua")
      let plan = try await place.godwit(
        "plan",
        "hostile.lua",
        "--secret",
        "apiKey=env:DATADOG_KEY",
        "--out",
        "hostile.godwit",
        "--script-limit",
        "memory=8MiB",
        "--script-limit",
        "time=300ms"
      )
      expect(plan, endsWith: 3)
      let run = try await place.document(of: "hostile.godwit")
      // Lines are wrapped.
      let text = plan.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let numbers = Set(run.projects.map { number($0.id) })
      #expect(numbers.filter { $0 < Self.hostile.count }.count >= 4)
      for (index, item) in Self.hostile.enumerated() where numbers.contains(index) {
        #expect(text.contains(item.limit), "\(item.limit): \(plan)")
        #expect(text.contains("hostile.lua:\(8 + index)"), "\(plan)")
      }
      let failed = Set(run.projects(in: "failed").map(\.id))
      let hostile = run.projects.map(\.id).filter { number($0) < Self.hostile.count }
      #expect(failed == Set(hostile) && run.totals.selected == 24 && failed.count < 24)
      #expect(run.operationCount > 0)
      let apply = try await place.godwit("apply", "hostile.godwit", "--yes", "--max-failures", "50")
      expect(apply, endsWith: 3)
      #expect(try atlas.writesMade().count == run.operationCount)
    }
  }

  @Test(
    arguments: [
      ("memory=64", "from 1MiB to 16GiB, for example 256MiB or 64MB, not \"64\""),
      ("memory=1KiB", "from 1MiB"), ("memory=99999999999999GiB", "from 1MiB"),
      ("time=-5s", "from 10ms to 24h, for example 500ms, 30s or 5m, not \"-5s\""),
      ("time=1ms", "from 10ms"), ("time=25h", "to 24h"), ("time=5", "from 10ms"),
      ("speed=1", "no script limit \"speed\"; --script-limit takes memory and time"),
      ("memory", "takes memory=SIZE or time=DURATION"), ("", "takes memory=SIZE"),
    ]
  )
  func `a limit that is not one is an error of usage that says what is`(
    limit: String,
    words: String
  ) async throws {
    try await Workplace.with { place in
      for command in ["plan", "apply", "resume"] {
        expectRefusal(
          try await place.godwit(command, "move.lua", "--script-limit", limit),
          saying: [words],
          status: 64
        )
      }
    }
  }

  #if DEBUG
    @Test func `a script that cannot be stopped ends the run, which goes on with resume`()
      async throws
    {
      try await Atlas.with(projects: 6) { place, atlas in
        try place.write(Scripts.moveWithStrictVerify, to: "strict.lua")
        try await place.planMove("move.godwit", script: "strict.lua")
        let pending = try atlas.projects(inRegion: "US")
        let name = try #require(
          try await place.document().projects.first { $0.id == pending.first }?.name
        )
        let apply = try await place.godwit(
          "apply",
          "move.godwit",
          "--yes",
          "--script-limit",
          "time=50ms",
          environment: ["GODWIT_TEST_STUCK": "project \(name)"]
        )
        #expect(apply.status == 70, "\(apply)")
        #expect(apply.errors.contains("did not come back from project \(name)"), "\(apply)")
        #expect(apply.errors.contains("godwit resume"))

        let resume = try await place.godwit(
          "resume",
          "move.godwit",
          "--yes",
          "--take-over",
          "--max-failures",
          "50"
        )
        #expect([0, 3].contains(resume.status), "\(resume)")
        let run = try await place.document()
        #expect(run.totals.selected == 6)
        #expect(run.totals.notStarted == 0 && run.totals.inDoubt == 0)
        let writes = try atlas.writesMade()
        #expect(writes.count == pending.count && Set(writes.map(\.project)).count == writes.count)
      }
    }
  #endif
}
