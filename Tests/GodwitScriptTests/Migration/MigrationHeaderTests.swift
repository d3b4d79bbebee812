import GodwitCore
import GodwitScript
import LuaVM
import Testing

@Suite struct MigrationHeaderTests {
  private static func complaint(_ text: String) async -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try await Bench.migration(text)
      return nil
    } catch {
      return error
    }
  }

  private static let header = "return {\n  migrate = function() end,\n"

  /// A script, then line, summary and advice of the complaint.
  static let complaints: [(String, Int, String, String?)] = [
    (
      "local x = 1\n", 1, "a migration returns a table, and this script returned nothing",
      "end it with `return { name = \"…\", migrate = function(project, params) … end }`"
    ),
    (
      "-- x\nreturn 5\n", 2, "a migration returns a table, and this script returned a number",
      "end it with `return { name = \"…\", migrate = function(project, params) … end }`"
    ),
    (
      "return {\n}", 1, "the migration has no migrate function",
      "add migrate = function(project, params) … end"
    ),
    ("return {\n  migrate = 5 }", 2, "migrate must be a function, not a number", nil),
    (
      header + "  verfy = function() end }", 3, "unknown key \"verfy\" in a migration",
      "did you mean \"verify\"?"
    ),
    (
      header + "  [5] = 1 }", 1, "unknown key \"5\" in a migration",
      "valid: name, summary, may, params, select, migrate, verify"
    ),
    (
      header + "  'x' }", 1, "a migration has named keys only",
      "valid: name, summary, may, params, select, migrate, verify"
    ),
    (header + "  name = {} }", 3, "name must be a string, not a table", nil),
    (header + "  name = '\\xff' }", 3, "name is not valid UTF-8", nil),
    (header + "  select = true }", 3, "select must be a function, not a boolean", nil),
    (
      header + "  may = 'all' }", 3, "may must be a table, not a string",
      "write may = { update = { \"DATADOG\" } }"
    ),
    (
      header + "  may = { 'DATADOG' } }", 3, "may has named keys only",
      "write may = { update = { \"DATADOG\" } }"
    ),
    (
      header + "  may = {\n    updat = {} } }", 4, "unknown key \"updat\" in may",
      "did you mean \"update\"?"
    ),
    (
      header + "  may = {\n    update = 'DATADOG' } }", 4,
      "may.update must be a list of integration types", "write update = { \"DATADOG\" }"
    ),
    (
      header + "  may = {\n    delete = { 5 } } }", 4,
      "may.delete must hold the names of integration types", nil
    ),
    (
      header + "  may = {\n    create = { 'DATADOG', 'WEBHOK' } } }", 4,
      "unknown integration type \"WEBHOK\" in may.create", "did you mean \"WEBHOOK\"?"
    ),
    (
      header + "  params = 5 }", 3, "params must be a table of parameters by name",
      "write params = { apiKey = { type = \"secret\", help = \"…\" } }"
    ),
    (
      header + "  params = {\n    to = 'EU' } }", 4, "parameter to must be a table, not a string",
      "write to = { type = \"string\", help = \"…\" }"
    ),
    (
      header + "  params = {\n    to = {} } }", 4, "parameter to needs a type",
      "one of string, number, boolean, secret"
    ),
    (
      header + "  params = {\n    to = { type = 'strng' } } }", 4,
      "parameter to has the unknown type \"strng\"", "did you mean \"string\"?"
    ),
    (
      header + "  params = { to = {\n type = 'string',\n defalt = 1 } } }", 5,
      "unknown key \"defalt\" in parameter to", "did you mean \"default\"?"
    ),
    (
      header + "  params = { to = { type = 'string', help = 5 } } }", 3,
      "help of parameter to must be text, not a number", nil
    ),
    (
      header + "  params = { to = { type = 'string', optional = 'yes' } } }", 3,
      "optional of parameter to must be a boolean, not a string", nil
    ),
    (
      header + "  params = { to = { type = 'number',\n default = 'x' } } }", 4,
      "the default does not fit: parameter to must be a number, not a string", nil
    ),
    (
      header + "  params = { to = { type = 'number', default = 0/0 } } }", 3,
      "parameter to: NaN has no JSON form", nil
    ),
    (
      header + "  params = { to = { type = 'string', choices = 'US' } } }", 3,
      "choices of parameter to must be a list of values", "write choices = { \"US\", \"EU\" }"
    ),
    (
      header + "  params = { to = { type = 'string', choices = { 5 } } } }", 3,
      "a choice does not fit: parameter to must be a string, not a number", nil
    ),
    (
      header + "  params = { to = { type = 'string', choices = { 'US' }, default = 'EU' } } }", 3,
      "the default does not fit: parameter to cannot be \"EU\"", "choose one of \"US\""
    ),
    (
      header + "  params = { key = { type = 'secret', default = 'hunter2' } } }", 3,
      "secret parameter key can have neither a default nor choices",
      "secrets come by reference only; optional = true makes one optional"
    ),
  ]

  @Test(arguments: complaints) func `what is wrong is said with line and advice`(
    text: String,
    line: Int,
    summary: String,
    advice: String?
  ) async {
    let complaint = await Self.complaint(text)
    #expect(complaint?.summary == summary)
    #expect(complaint?.position == ScriptPosition(file: "bench.lua", line: line))
    #expect(complaint?.advice == advice)
  }

  @Test func `syntax errors and errors of the top level have their line`() async {
    let syntax = await Self.complaint("return {\n  migrate = = function() end }")
    #expect(syntax?.position == ScriptPosition(file: "bench.lua", line: 2))
    let raised = await Self.complaint("local x\nreturn x.y")
    #expect(raised?.position == ScriptPosition(file: "bench.lua", line: 2))
    let object = await Self.complaint("error{ code = 5 }")
    #expect(object?.summary == "error object {\"code\":5}")
  }

  @Test func `a complete header is read`() async throws {
    let migration = try await Bench.migration(
      """
      return {
        name = "n", summary = "s",
        may = { update = { "DATADOG", "SLACK" }, delete = { "WEBHOOK" } },
        params = {
          b = { type = "boolean", default = false, help = "B" },
          a = { type = "number", choices = { 1, 2.5 } },
          c = { type = "secret", optional = true },
        },
        select = function() end, migrate = function() end, verify = function() end,
      }
      """
    )
    #expect(migration.name == "n")
    #expect(migration.summary == "s")
    #expect(migration.hasSelect && migration.hasVerify)
    #expect(migration.may == May(types: [.update: ["DATADOG", "SLACK"], .delete: ["WEBHOOK"]]))
    #expect(!migration.may.allows(.create, "DATADOG"))
    #expect(migration.parameters.map(\.name) == ["a", "b", "c"])
    #expect(migration.parameters.map(\.isRequired) == [true, false, false])
    #expect(migration.parameters.map(\.position?.line) == [6, 5, 7])
    #expect(migration.parameter("b")?.help == "B")
    #expect(migration.parameter("x") == nil)
  }

  @Test func `the name is that of the file where none is given`() async throws {
    let migration = try await Bench.migration("return { migrate = function() end }")
    #expect(migration.name == "bench")
    #expect(migration.summary == "")
    #expect(!migration.hasSelect && !migration.hasVerify)
  }

  static let calls = [
    "skip('x')", "hold('x')", "manual{ title = 'x' }", "sleep(1)",
  ]

  @Test(arguments: calls) func `the top level makes no verdicts and does not sleep`(
    call: String
  ) async {
    let complaint = await Self.complaint("\n\(call)\nreturn { migrate = function() end }")
    #expect(complaint?.summary.contains("cannot be called at the top level of a script") == true)
    #expect(complaint?.position?.line == 2)
  }

  @Test func `the top level may require modules and use JSON`() async throws {
    let migration = try await Bench.migration(
      """
      local m = require "lib.m"
      return { name = m.name .. json.encode({ 1 }), migrate = function() end }
      """,
      modules: ["lib.m": "return { name = json.decode('\"m\"') }"]
    )
    #expect(migration.name == "m[1]")
  }

  @Test func `an endless top level is stopped`() async {
    var limits = LuaLimits()
    limits.instructions = 100_000
    do throws(Diagnostic) {
      _ = try await Bench.migration("while true do end", limits: limits)
      Issue.record("did not end")
    } catch {
      #expect(error.summary.contains("the limit is instructions (100000)"))
      #expect(error.position?.line == 1)
    }
  }
}
