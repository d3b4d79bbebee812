import GodwitCore
import GodwitScript
import Testing

@Suite struct HostLibraryTests {
  static let claims = [
    "json.encode(nil) == 'null' and json.encode(json.null) == 'null'",
    "json.encode({}) == '{}' and json.encode(json.array()) == '[]' and json.encode(json.array{}) == '[]'",
    "json.encode({ 1, 'x', { b = 1, a = true } }) == '[1,\"x\",{\"a\":true,\"b\":1}]'",
    "json.encode({ B = 1, a = 2, ['é'] = 3 }) == '{\"B\":1,\"a\":2,\"é\":3}'",
    "json.encode(9223372036854775807) == '9223372036854775807' and json.encode(1.0) == '1.0'",
    "json.encode(json.decode('[]')) == '[]' and json.encode(json.decode('{}')) == '{}'",
    "json.encode(json.decode('{\"a\":[null,1.5,\"\\\\u00e4\"]}')) == '{\"a\":[null,1.5,\"ä\"]}'",
    "math.type(json.decode('9223372036854775807')) == 'integer'",
    "math.type(json.decode('9223372036854775808')) == 'float' and json.decode('1e3') == 1000.0",
    "json.decode('null') == json.null and json.null and json.decode('[null]')[1] == json.null",
    "json.encode({ json.null, 1 }) == '[null,1]'",
    "select('#', json.decode('\"x\"')) == 1 and json.decode(' true ') == true",
  ]

  @Test(arguments: claims) func `JSON goes both ways`(claim: String) async throws {
    #expect(try await Bench.printed("print((\(claim)) and 'yes' or 'no')") == ["yes"])
  }

  static let failures = [
    (
      "json.encode({ 1, nil, 3 })",
      "json.encode: the array has a hole before [3]; json.null can stand in one"
    ),
    (
      "json.encode({ a = { 1, x = 2 } })",
      "json.encode.a: a table is an array or has named fields, not both"
    ),
    (
      "json.encode(json.array{ x = 2 })",
      "json.encode: a table is an array or has named fields, not both"
    ),
    ("json.encode({ [1.5] = 1 })", "json.encode: the key [1.5] is not text"),
    ("json.encode({ { a = 0/0 } })", "json.encode[1].a: NaN has no JSON form"),
    ("json.encode({ a = { print } })", "json.encode.a[1]: a function has no JSON form"),
    ("json.encode('\\xff')", "json.encode: the text is not valid UTF-8"),
    (
      "json.encode(params.key)",
      "json.encode: masked values and secrets have no JSON form; use tostring"
    ),
    ("json.decode('{\"a\":')", "json.decode: not JSON at line 1, column 6: unexpected end"),
    ("json.decode(5)", "json.decode takes a string of valid UTF-8"),
    ("json.decode('\\xff')", "json.decode takes a string of valid UTF-8"),
    (
      "json.decode(('['):rep(40) .. (']'):rep(40))",
      "a value from the host is nested more than 32 deep"
    ),
    ("json.array('x')", "json.array takes a table"),
    ("json.null = 1", "json is read-only: null cannot be set"),
    ("log.info()", "log.info takes a format and arguments"),
    ("log.x = 1", "log is read-only: x cannot be set"),
    ("sleep('1')", "sleep takes a number of seconds"),
    ("sleep(-1)", "sleep takes a number of seconds"),
    ("sleep(0/0)", "sleep takes a number of seconds"),
    ("require(5)", "require takes the name of a module"),
    ("require 'lib.mm'", "there is no module \"lib.mm\"; did you mean \"lib.m\"?"),
    ("require 'm'", "there is no module \"m\"; valid: lib.broken, lib.loop, lib.m, lib.raise"),
    (
      "require '../../etc/passwd'",
      "there is no module \"../../etc/passwd\"; valid: lib.broken, lib.loop, lib.m, lib.raise"
    ),
    ("require 'lib.broken'", "module \"lib.broken\": lib/broken.lua:2: unexpected symbol near '='"),
    (
      "require 'lib.loop'",
      "module \"lib.loop\" requires itself, or failed when it was required before"
    ),
  ]

  private static let modules = [
    "lib.m": "return { n = 7 }", "lib.broken": "\n=", "lib.loop": "return require 'lib.loop'",
    "lib.raise": "\nerror('raised')",
  ]

  @Test(arguments: failures) func `what cannot be done is said`(
    call: String,
    reason: String
  ) async throws {
    let plan = try await Bench.plan("\nlocal x = 1 \(call)", modules: Self.modules)
    #expect(plan.outcome == .failed)
    #expect(plan.reason == reason)
  }

  @Test func `a module is run once, with its name, and its errors have its line`() async throws {
    let modules = ["lib.a.b": "count = (count or 0) + 1\nreturn { name = ..., count = count }"]
    let body = "local m = require 'lib.a.b' print(m.name, require('lib.a.b') == m, count)"
    #expect(try await Bench.printed(body, modules: modules) == ["lib.a.b\ttrue\t1"])
    let raised = try await Bench.plan("require 'lib.raise'", modules: Self.modules)
    #expect(raised.reason == "raised")
    #expect(raised.position == ScriptPosition(file: "lib/raise.lua", line: 2))
  }

  @Test func `without modules the advice says where they are looked for`() async throws {
    let plan = try await Bench.plan("require 'lib.m'")
    #expect(
      plan.reason == "there is no module \"lib.m\"; modules are files of the folder lib beside the"
        + " script, required as \"lib.name\""
    )
  }

  @Test func `lines are logged with level and position`() async throws {
    let plan = try await Bench.plan(
      """
      log.debug("%s is %d", project.name, 5)
      log.info("100%")
      log.warn(params.key)
      log.error(nil)
      print("a", nil, 1.5, params.key)
      log.info("a\\255b")
      print(setmetatable({}, { __tostring = function() return 'mine' end }))
      """
    )
    #expect(
      plan.logs.map(\.message) == [
        "prod-eu is 5", "100%", "<secret key>", "nil", "a\tnil\t1.5\t<secret key>", "a\u{FFFD}b",
        "mine",
      ]
    )
    #expect(plan.logs.map(\.level) == [.debug, .info, .warn, .error, .info, .info, .info])
    #expect(plan.logs.map(\.position?.line) == [2, 3, 4, 5, 6, 7, 8])
  }

  @Test func `a flood of lines is cut off, and said to be`() async throws {
    let plan = try await Bench.plan("for i = 1, 3000 do print(('x'):rep(1000)) end")
    #expect(plan.outcome == .unchanged)
    #expect(plan.logs.count < 1100)
    #expect(plan.logs.last?.message == "further lines were suppressed")
  }

  @Test func `host calls work in coroutines and iterators`() async throws {
    let lines = try await Bench.printed(
      """
      local types = coroutine.wrap(function()
        for _, i in ipairs(all:list()) do coroutine.yield(i.type) end
      end)
      for t in types do print(t) end
      local lazy = setmetatable({}, { __index = function(_, t) return all:get(t) end })
      print(lazy.DATADOG.region, pcall(function() return lazy.DATADGO end))
      """,
      on: [Bench.datadog, Bench.webhook]
    )
    #expect(lines.prefix(2) == ["DATADOG", "WEBHOOK"])
    #expect(lines.last?.hasPrefix("US\tfalse\tbench.lua:") == true)
    #expect(lines.last?.contains("unknown integration type \"DATADGO\"") == true)
  }
}
