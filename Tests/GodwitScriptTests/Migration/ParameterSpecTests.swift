import GodwitCore
import GodwitScript
import Testing

@Suite struct ParameterSpecTests {
  private static func specs() async throws -> Migration {
    try await Bench.migration(
      """
      return { migrate = function() end, params = {
        text = { type = "string", choices = { "US", "EU" } },
        count = { type = "number" },
        flag = { type = "boolean" },
        only = { type = "boolean", choices = { true } },
        key = { type = "secret" } } }
      """
    )
  }

  static let texts: [(String, String, JSONValue?, String?)] = [
    ("text", "EU", "EU", nil), ("text", "AP", nil, "parameter text cannot be \"AP\""),
    ("count", "5", 5, nil), ("count", "-12", -12, nil),
    ("count", "five", nil, "parameter count is a number"),
    ("count", "1e999", nil, "parameter count is a number"),
    ("count", "nan", nil, "parameter count is a number"),
    ("count", "0x10", nil, "parameter count is a number"),
    ("count", "\"5\"", nil, "parameter count is a number"),
    ("count", "", nil, "parameter count is a number"),
    ("flag", "true", true, nil), ("flag", "No", false, nil), ("flag", "1", true, nil),
    ("flag", "maybe", nil, "parameter flag is a boolean"), ("only", "yes", true, nil),
    ("only", "false", nil, "parameter only cannot be false"),
    ("key", "hunter2", nil, "parameter key is a secret and cannot be given as text"),
  ]

  @Test(arguments: texts) func `text becomes a value of the parameter's type`(
    name: String,
    text: String,
    value: JSONValue?,
    summary: String?
  ) async throws {
    let spec = try #require(try await Self.specs().parameter(name))
    do throws(Diagnostic) {
      #expect(try spec.value(fromText: text) == value)
    } catch {
      #expect(error.summary == summary)
      #expect(!"\(error)".contains("hunter"))
    }
  }

  static let values: [(String, JSONValue, String?)] = [
    ("text", "US", nil), ("count", 5, nil), ("flag", false, nil),
    ("text", 5, "parameter text must be a string, not a number"),
    ("count", "5", "parameter count must be a number, not a string"),
    ("flag", .null, "parameter flag must be a boolean, not null"),
    ("key", "hunter2", "parameter key is a secret and cannot be given as text"),
  ]

  @Test(arguments: values) func `a value of a file must have the type`(
    name: String,
    value: JSONValue,
    summary: String?
  ) async throws {
    let spec = try #require(try await Self.specs().parameter(name))
    do throws(Diagnostic) {
      #expect(try spec.value(from: value) == value)
      #expect(summary == nil)
    } catch {
      #expect(error.summary == summary)
      #expect(!"\(error)".contains("hunter"))
    }
  }
}
