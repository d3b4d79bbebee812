import GodwitCore
import GodwitScript
import Testing

@Suite struct ScriptInputsTests {
  private static let script = """
    return { params = {
      region = { type = "string", default = "default" },
      count = { type = "number", optional = true },
      need = { type = "string", optional = true },
      key = { type = "secret", optional = true } },
      migrate = function(project, params)
        print(params.region, params.count, params.need, params.key)
        params.region = "spoiled"
      end }
    """

  private static func printed(
    _ inputs: ScriptInputs,
    _ variables: [String: String] = [:]
  ) async throws -> String? {
    var project = Bench.project
    project.variables = variables
    guard
      case .plan(let plan) = try await Bench.plan(whole: script, project: project, inputs: inputs)
    else { return nil }
    return plan.logs.first?.message ?? plan.reason
  }

  @Test func `typed values win over columns, columns over the file, the file over defaults`()
    async throws
  {
    var inputs = ScriptInputs()
    #expect(try await Self.printed(inputs) == "default\tnil\tnil\tnil")
    inputs.fromFile = ["region": "file", "count": 1]
    #expect(try await Self.printed(inputs) == "file\t1\tnil\tnil")
    #expect(
      try await Self.printed(inputs, ["region": "column", "count": "2.5", "other": "x"])
        == "column\t2.5\tnil\tnil"
    )
    #expect(try await Self.printed(inputs, ["region": "", "need": "n"]) == "file\t1\tn\tnil")
    inputs.typed = ["region": "typed", "count": 3]
    #expect(try await Self.printed(inputs, ["region": "column"]) == "typed\t3\tnil\tnil")
    inputs.secretNames = ["key"]
    #expect(try await Self.printed(inputs) == "typed\t3\tnil\t<secret key>")
  }

  @Test func `a column that does not fit fails its project`() async throws {
    let reason = try await Self.printed(ScriptInputs(), ["count": "many"])
    #expect(reason == "parameter count is a number: \"many\" is not one")
  }

  @Test func `a column never gives a secret`() async throws {
    #expect(
      try await Self.printed(ScriptInputs(), ["key": "hunter2"]) == "default\tnil\tnil\tnil"
    )
  }

  @Test func `a required parameter must come from somewhere`() async throws {
    let text = """
      return { migrate = function(_, params) print(params.a) end, params = {
        a = { type = "string" }, b = { type = "secret" }, c = { type = "number", default = 1 } } }
      """
    let migration = try await Bench.migration(text)
    var inputs = ScriptInputs()
    func missing(_ columns: Set<String> = []) -> [String] {
      inputs.missing(migration.parameters, columns: columns).map(\.name)
    }
    #expect(missing() == ["a", "b"])
    #expect(missing(["a", "b"]) == ["b"])
    inputs.secretNames = ["b"]
    #expect(missing(["a"]) == [])
    #expect(inputs.common(migration.parameters) == ["c": 1])
    guard case .plan(let plan) = try await Bench.plan(whole: text, inputs: inputs) else { return }
    #expect(plan.outcome == .failed)
    #expect(plan.reason == "parameter a has no value for this project")
    #expect(plan.advice == "fill in the column a of the targets file")
  }
}
