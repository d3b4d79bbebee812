import GodwitCore
import Testing

@Suite struct AnswerMaskingTests {
  private static func mask(_ tail: String, _ length: Int?, _ head: String = "") -> JSONValue {
    .masked(MaskedValue(head: head, tail: tail, length: length))
  }

  static let answers: [(JSONValue, JSONValue)] = [
    ("plain", "plain"), (12, 12), (["a", "****9abc"], ["a", mask("9abc", 8)]),
    (["agentApiKey": "abcdefgh", "name": .null], ["agentApiKey": mask("efgh", 8), "name": .null]),
    (
      ["results": [["type": "WEBHOOK", "url": "https://h.example/secret/path", "id": "1"]]],
      [
        "results": [
          ["type": "WEBHOOK", "url": mask("path", nil, "https://h.example/"), "id": "1"]
        ]
      ]
    ),
    (
      ["notifications": [["typeName": "VICTOR_OPS", "victorOpsRoutingKey": "a", "x": [["y": 1]]]]],
      ["notifications": [["typeName": "VICTOR_OPS", "victorOpsRoutingKey": "a", "x": [["y": 1]]]]]
    ),
    (
      ["credentials": ["user": "somebody"]], ["credentials": ["user": mask("body", 8)]]
    ),
    (["deep": [["password": "hunter22"]]], ["deep": [["password": mask("er22", 8)]]]),
  ]

  @Test(arguments: answers) func `an answer of any shape has its secrets masked`(
    answer: JSONValue,
    masked: JSONValue
  ) {
    #expect(AnswerMasking.masked(answer) == masked)
  }
}
