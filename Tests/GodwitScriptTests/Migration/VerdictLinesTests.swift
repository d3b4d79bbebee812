import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct VerdictLinesTests {
  private static let script = """
    return skip("no Datadog integration")
    return skip("in " .. region .. " already")
    return skip("in " .. region .. " already, with another key")
    return skip("in " .. region .. ", not in " .. params.from)
    return skip(("%s is %s"):format(project.name, state["odd"]))
    return hold "ask"
    return skip(reason)
    """

  @Test(
    arguments: [
      ("skip", "no Datadog integration", 1), ("skip", "in EU already", 2),
      ("skip", "in EU already, with another key", 3), ("skip", "in US3, not in US", 4),
      ("hold", "ask", 6), ("hold", "in EU already", nil),
    ] as [(String, String, Int?)]
  )
  func `a returned verdict is found on the line whose text explains most of it`(
    kind: String,
    reason: String,
    line: Int?
  ) {
    let lines = VerdictLines(ScriptSource(path: "s.lua", text: Array(Self.script.utf8)))
    #expect(lines.position(of: kind, reason: reason)?.line == line)
  }
}
