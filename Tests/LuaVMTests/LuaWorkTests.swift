import Foundation
import LuaVM
import Testing

/// What a script can do between two looks at the clock, by the counter and not by the time.
@Suite struct LuaWorkTests {
  /// A line of `Tests/Fuzz/looks.txt`: a function, and the arguments that keep it busy for longest.
  struct Line: Hashable, CustomTestStringConvertible {
    var number: Int
    var name: String
    var source: String

    var testDescription: String { "\(name), line \(number)" }
  }

  static let lines: [Line] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fuzz/looks.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
      number,
      line in
      guard !line.hasPrefix("--"), let mark = line.range(of: ": ") else { return nil }
      return Line(
        number: number + 1,
        name: String(line[..<mark.lowerBound]),
        source: String(line[mark.upperBound...])
      )
    }
  }()

  /// All of them take a minute; of the default run there are some.
  static let tried =
    ProcessInfo.processInfo.environment["GODWIT_CI"] == "1"
    ? lines : lines.filter { $0.number % 20 == 0 }

  /// An instruction takes a few nanoseconds: this many take less than 100 milliseconds.
  static let largest: UInt64 = 16_000_000

  @Test(arguments: tried)
  func `no function does more than is allowed between two looks at the clock`(line: Line) throws {
    let program = try LuaProgram.compile(source: Array(line.source.utf8), name: "look.lua")
    let session = try makeSession()
    var step = session.start(entry: "run", program: program)
    while case .request = step { step = session.resume(.value(.nil)) }
    if case .failed(let error) = step {
      guard case .limit = error.kind else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(session.statistics.largestWork <= Self.largest)
  }

  @Test func `each function of the library is on the list`() {
    let constants: Set = [
      "_G", "_VERSION", "math.huge", "math.maxinteger", "math.mininteger", "math.pi",
      "utf8.charpattern",
    ]
    let functions = Set(GlobalsTests.golden.split(whereSeparator: \.isWhitespace).map(String.init))
    let missing = functions.subtracting(constants).subtracting(Self.lines.map(\.name))
    #expect(missing.isEmpty, "\(missing.sorted())")
  }

  @Test func `many short steps over large blocks use up the processor time`() throws {
    var limits = LuaLimits()
    limits.processorTime = .milliseconds(300)
    let error = failure(
      """
      local s = ('\\0'):rep(15000000)
      local t = s .. 'b'
      for i = 1, 20 do
        local x = s < t
        ask(i)
      end
      """,
      limits: limits
    )
    #expect(error?.kind == .limit(.processorTime(.milliseconds(300))))
  }

  @Test func `functions with bodies of their own agree with those of Lua`() throws {
    let expected: [LuaValue] = [
      "A\u{e9}\u{20ac}\u{10ffff}", "9", "10", "   ab|  7|1.50|\"a\\\nb\\0\"", "abab-abab", 3,
      "08-08",
    ]
    let found = try run(
      """
      local u = utf8.char(65, 0xe9, '8364', 0x10ffff)
      local date = os.date('!%H' .. ('-'):rep(300) .. '%H', 8 * 3600)
      local time = {year = '2000', month = 1, day = 35, hour = 12}
      os.time(time)
      return u, math.max('10', '9'), math.min('10', '9'),
        ('%5.2s|%3d|%.2f|%q'):format('abc', '7', '1.5', 'a\\nb\\0'),
        ('ab'):rep(2) .. '-' .. ('ab'):rep('2'), utf8.offset('a\u{e9}b', 2) + 1,
        date:sub(1, 2) .. '-' .. date:sub(-2)
      """
    )
    #expect(found == expected)
  }
}
