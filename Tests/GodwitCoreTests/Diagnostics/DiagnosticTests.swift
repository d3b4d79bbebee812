import GodwitCore
import Testing

@Suite struct DiagnosticTests {
  @Test func `a line has the place, the summary and the detail`() {
    let diagnostic = Diagnostic(
      "unknown field",
      detail: "regoin",
      position: ScriptPosition(file: "scripts/x.lua", line: 7),
      advice: "did you mean \"region\"?"
    )
    #expect(diagnostic.line == "scripts/x.lua:7: unknown field: regoin")
    #expect(
      diagnostic.description == "scripts/x.lua:7: unknown field: regoin; did you mean \"region\"?"
    )
    #expect(Diagnostic("no").description == "no")
  }
}
