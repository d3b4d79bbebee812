import Foundation
import LuaVM
import Testing

/// Random calls of string and table functions, here and in the stock interpreter.
@Suite struct StockDifferenceTests {
  /// Draws calls by a generator of its own, and makes a digest of what they return or raise.
  ///
  /// Names of functions in messages and addresses are left out: stock finds the one in places that
  /// the shim does not search, and shows the other.
  static let source = #"""
    local seed, rounds = ...
    local function rnd(n)
      seed = seed * 6364136223846793005 + 1442695040888963407
      return (seed >> 33) % n + 1
    end
    local alphabet = {}
    for c in ("abcA1_ %()[]^$.*+-?\0x"):gmatch(".") do alphabet[#alphabet + 1] = c end
    alphabet[#alphabet + 1] = "é"
    local items = {}
    for item in ("a b . %a %d %s %w %A [ab] [^a] [a-c] [%a_] []] [^]] %1 %2 %b() %bab %f[%a] %f[^a] ( ) "
      .. "() ^ $ %% %. [a % é [%] x- %z"):gmatch("%S+") do items[#items + 1] = item end
    local quantifiers = {"", "", "", "", "*", "+", "-", "?"}
    local function subject()
      local t = {}
      for i = 1, rnd(12) - 1 do t[i] = alphabet[rnd(#alphabet)] end
      return table.concat(t)
    end
    local function pattern()
      local t = {}
      for i = 1, rnd(6) - 1 do t[i] = items[rnd(#items)] .. quantifiers[rnd(#quantifiers)] end
      return table.concat(t)
    end
    local replacements = {
      "x", "%0", "%1", "%2%1", "%%", "%", "a%9", "<%0>", {a = "1", b = false, c = 3},
      function(a, b) return b end, function(a) return a end, function() end, function() return {} end,
    }
    local formats = {
      "%d", "%5.2f", "%s", "%10s", "%-5s|", "%q", "%x", "%c", "%i", "%g", "%5.1s", "%%", "%", "%y", "%a",
      "%e", "%o", "%u", "%+d", "%#x",
    }
    local numbers = {"10", "0x1p4", " 5 ", "1e2", "abc", "", "0x", "1 2"}
    local h = 0
    local function mix(s)
      for i = 1, #s do h = (h * 31 + s:byte(i)) & 0xffffffffffff end
    end
    local N = 0
    local function show(...)
      local t = table.pack(...)
      local o = {}
      for i = 1, t.n do
        o[i] = type(t[i]) == "string" and string.format("%q", t[i]) or tostring(t[i])
      end
      return table.concat(o, ",")
    end
    local function case(name, f, ...)
      local r = show(pcall(f, ...))
      r = r:gsub("^(false,\")[^:]*:%d+: ", "%1")
      r = r:gsub("to '[%a%d%.]+'", "to '?'"):gsub("(%a): 0x%x+", "%1")
      mix(r)
      N = N + 1
    end
    for i = 1, rounds do
      local s, p = subject(), pattern()
      local init = rnd(3) == 1 and (rnd(20) - 10) or nil
      case("find", string.find, s, p, init)
      case("match", string.match, s, p, init)
      case("plain", string.find, s, subject():sub(1, 2), init, true)
      case("gsub", string.gsub, s, p, replacements[rnd(#replacements)],
        rnd(4) == 1 and rnd(5) - 2 or nil)
      case("gmatch", function()
        local o = {}
        for a, b in s:gmatch(p, init) do
          o[#o + 1] = show(a, b)
          if #o > 30 then break end
        end
        return table.concat(o, ";")
      end)
      case("rep", string.rep, s, rnd(6) - 2, rnd(2) == 1 and subject() or nil)
      local t, u = {}, {}
      for j = 1, rnd(10) - 1 do t[j] = rnd(20) u[j] = subject() end
      case("concat", table.concat, u, rnd(2) == 1 and "," or nil, rnd(3) == 1 and rnd(5) or nil,
        rnd(3) == 1 and rnd(12) or nil)
      case("sort", function() table.sort(t) return table.concat(t, " ") end)
      case("sortf", function()
        table.sort(u, function(a, b) return a > b end)
        return table.concat(u, " ")
      end)
      case("insert", function() table.insert(t, rnd(14) - 2, 99) return table.concat(t, " ") end)
      case("remove", function()
        local r = table.remove(t, rnd(14) - 2)
        return r, table.concat(t, " ")
      end)
      case("move", function()
        table.move(t, rnd(6) - 1, rnd(8), rnd(6))
        return #t, table.concat(t, " ")
      end)
      case("unpack", table.unpack, t, rnd(8) - 3, rnd(10) - 2)
      case("pack", function() local p = table.pack(table.unpack(t)) return p.n, p[1] end)
      case("format", string.format, formats[rnd(#formats)], rnd(2) == 1 and rnd(200) or s)
      case("tostring", tostring, rnd(2) == 1 and rnd(100) / 4 or rnd(1000))
      case("tonumber", tonumber, numbers[rnd(#numbers)], rnd(3) == 1 and rnd(40) or nil)
      case("utf8", utf8.len, s, rnd(4) - 1)
      case("select", select, rnd(6) - 3, 1, 2, 3)
      case("sub", string.sub, s, rnd(20) - 10, rnd(20) - 10)
    end
    return N .. " cases, digest " .. h
    """#

  static let interpreter = "/usr/bin/lua5.4"

  /// What the stock interpreter returns for the source.
  static func stock(seed: Int, rounds: Int) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "stock-difference-\(UUID().uuidString).lua"
    )
    let call = "print((function(...)\n\(source)\nend)(\(seed), \(rounds)))"
    try Data(call.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: interpreter)
    process.arguments = [file.path()]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: interpreter)),
    arguments: 1...4
  )
  func `string and table functions agree with those of Lua`(seed: Int) throws {
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .seconds(600)
    limits.processorTime = .seconds(600)
    limits.instructions = .max
    // Twenty cases a round, four seeds: a million where it is to be thorough.
    let isThorough = ProcessInfo.processInfo.environment["GODWIT_CI"] == "1"
    let rounds = isThorough ? 12_500 : 1_500
    let values = try run(
      Self.source,
      limits: limits,
      arguments: [.integer(Int64(seed)), .integer(Int64(rounds))]
    )
    #expect(values.first?.text == (try Self.stock(seed: seed, rounds: rounds)))
  }
}
