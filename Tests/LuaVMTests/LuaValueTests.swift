import LuaVM
import Testing

@Suite struct LuaValueTests {
  static let values: [LuaValue] = [
    .nil, true, false, 0, .integer(.max), .integer(.min), 0.5, .number(.infinity), "", "ä\u{0}x",
    .bytes([0xC3]), .null, .table(LuaTable()), .table([]), .table([1, "a", .null]),
    .table(LuaTable(array: [.table([:]), .table([])])),
    .table(LuaTable(array: [1], fields: [.init(key: 2.5, value: 1), .init(key: "a", value: 2)])),
    .table(LuaTable(fields: [.init(key: -1, value: 1), .init(key: true, value: 2)])),
    .opaque(LuaOpaque(kind: "secret", payload: "id", display: "<secret>", fields: ["a": 1])),
    .table(["o": .opaque(LuaOpaque(kind: "k", payload: "", display: ""))]),
  ]

  @Test(arguments: values) func `a value comes back as it went`(value: LuaValue) throws {
    let session = try makeSession()
    guard case .finished(let values) = session.start(entry: "echo", arguments: [value, 1]) else {
      Issue.record("did not finish")
      return
    }
    #expect(values == [value, 1])
  }

  @Test func `fields come in a fixed order`() throws {
    let values = try run(
      "return {z = 1, a = 1, [10] = 1, [2.5] = 1, [true] = 1, [false] = 1, [-3] = 1, ab = 1}"
    )
    let keys = values.first?.contents?.fields.map(\.key)
    #expect(keys == [-3, 2.5, 10, "a", "ab", "z", false, true])
  }

  @Test func `many fields come in a fixed order`() throws {
    let values = try run("local t = {} for i = 1, 1000 do t['k' .. i] = {i} end return t")
    let keys = values.first?.contents?.fields.compactMap(\.key.text) ?? []
    #expect(keys.count == 1000)
    #expect(keys == keys.sorted())
    #expect(values.first?.contents?["k77"] == .table(LuaTable(array: [77])))
  }

  @Test func `values are bounded in depth, number and size, both ways`() throws {
    var limits = LuaLimits()
    limits.valueDepth = 4
    limits.valueNodes = 100
    limits.valueBytes = 1000
    let deep = failure("local t = {} for i = 1, 4 do t = {t} end ask(t)", limits: limits)
    #expect(deep?.message == "a value is nested too deep to be handed over (at [1][1][1][1])")
    let wide = failure("local t = {} for i = 1, 100 do t[i] = i end ask(t)", limits: limits)
    #expect(wide?.message.hasPrefix("a value has too many parts to be handed over") == true)
    let large = failure("ask(('x'):rep(1001))", limits: limits)
    #expect(large?.message == "a value is too large to be handed over")
    let session = try makeSession(limits)
    let wideIn = LuaValue.table(LuaTable(array: Array(repeating: 1, count: 100)))
    guard case .failed(let error) = session.start(entry: "echo", arguments: [wideIn]) else {
      Issue.record("did not fail")
      return
    }
    #expect(error.message == "a value from the host has more than 100 parts")
  }

  @Test func `an answer that is too large is an error in the script`() throws {
    var limits = LuaLimits()
    limits.valueBytes = 1000
    let program = try LuaProgram.compile(
      source: Array("local ok, e = pcall(ask) return ok, e".utf8),
      name: "s.lua"
    )
    let session = try makeSession(limits)
    _ = session.start(entry: "run", program: program)
    let answer = LuaValue.string(String(repeating: "x", count: 2000))
    guard case .finished(let values) = session.resume(.values([answer])) else {
      Issue.record("did not finish")
      return
    }
    #expect(values == [false, "s.lua:1: a value from the host has more than 1000 bytes"])
  }

  static let secret = LuaValue.opaque(
    LuaOpaque(
      kind: "secret",
      payload: "id-7",
      display: "<secret apiKey>",
      fields: ["name": "apiKey", "size": 3, "null": .null]
    )
  )

  /// What a script can do with the secret `s` and one of the same payload, `r`.
  static let opaqueClaims: [String] = [
    "return tostring(s) == '<secret apiKey>' and ('%s'):format(s) == '<secret apiKey>'",
    "return not (s == null) and not (null == s) and not (s == nil) and s ~= null and s ~= 1",
    "return s.name == 'apiKey' and s.size == 3 and s.null == null and s.other == nil and s[1] == nil",
    "return s:hello() == 'hello apiKey'",
    "return s == r and not rawequal(s, r) and s ~= o and s ~= 'x'",
    "return kind(s) == 'secret' and kind({}) == nil and kind('x') == nil and type(s) == 'userdata'",
    "return getmetatable(s) == nil and not pcall(setmetatable, s, {})",
    "local ok, e = pcall(function() return s .. 'x' end) return e == "
      + "\"test.lua:1: attempt to concatenate a value of the kind 'secret' (use tostring)\"",
    "local ok, e = pcall(function() return 'x' .. 'y' .. s end) return not ok",
    "local ok, e = pcall(function() return #s end) "
      + "return e == \"test.lua:1: attempt to get length of a secret value (upvalue 's')\"",
    "local ok, e = pcall(function() s.name = 1 end) "
      + "return e == \"test.lua:1: a value of the kind 'secret' cannot be changed\"",
    "return not pcall(function() return s + 1 end) and not pcall(function() return s < r end)",
    "return not pcall(pairs, s) and not pcall(next, s) and not pcall(rawget, s, 'name')",
    "return not pcall(rawset, s, 'name', 1) and not pcall(rawlen, s)",
    "return not pcall(string.rep, s) and not pcall(table.concat, {s}) and not pcall(s)",
    "local t = {[s] = 1} return t[s] == 1 and t[r] == nil",
  ]

  @Test(arguments: opaqueClaims)
  func `an opaque value shows what the host put there and nothing else`(claim: String) throws {
    let other = LuaValue.opaque(LuaOpaque(kind: "secret", payload: "id-8", display: ""))
    let source = "local s, r, o = ... " + claim
    #expect(try run(source, arguments: [Self.secret, Self.secret, other]).first == true)
  }

  @Test func `an opaque value comes back whole in an error`() throws {
    let error = try #require(throws: LuaError.self) {
      try run("error(...)", arguments: [Self.secret])
    }
    #expect(error.value == Self.secret)
    #expect(error.message == "<secret apiKey>")
  }

  @Test func `random values cross both ways`() throws {
    var random = SystemRandomNumberGenerator()
    let session = try makeSession()
    for _ in 0..<500 {
      let value = Self.randomValue(depth: 5, &random)
      guard case .finished(let values) = session.start(entry: "echo", arguments: [value, 1]) else {
        Issue.record("did not finish: \(value)")
        return
      }
      #expect(values == [value, 1])
    }
  }

  static func randomValue(depth: Int, _ random: inout some RandomNumberGenerator) -> LuaValue {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
    case 0: return .boolean(Bool.random(using: &random))
    case 1: return .integer(Int64(bitPattern: random.next()))
    case 2: return .number(Double.random(in: -1e9...1e9, using: &random))
    case 3: return .string(String(repeating: "ä", count: Int.random(in: 0...50, using: &random)))
    case 4: return .null
    case 5: return .opaque(LuaOpaque(kind: "k", payload: "\(random.next())", display: "d"))
    default:
      let array = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        randomValue(depth: depth - 1, &random)
      }
      let names = Set(
        (0..<Int.random(in: 0...20, using: &random)).map { _ in
          "k\(Int.random(in: 0...50, using: &random))"
        }
      )
      let fields = names.sorted().map {
        LuaTable.Field(key: .string($0), value: randomValue(depth: depth - 1, &random))
      }
      return .table(
        LuaTable(array: array, fields: fields, isMarkedArray: Bool.random(using: &random))
      )
    }
  }
}
