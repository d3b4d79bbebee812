import GodwitCore
import Testing

@Suite struct OperationTargetTests {
  private static let id = AlertConfigurationID("5f00000000000000000000a1")
  private static func operation(_ verb: Verb, _ target: OperationTarget) -> Operation {
    Operation(
      number: 2,
      verb: verb,
      target: target,
      before: nil,
      body: [
        "id": .pending(PendingValue(operation: 1)), "more": [.pending(PendingValue(operation: 3))],
      ],
      after: nil,
      changes: [],
      grade: .exact,
      position: nil
    )
  }

  static let words: [(Verb, OperationTarget, String, Resource?)] = [
    (.update, .integration("DATADOG"), "update DATADOG", .integration("DATADOG")),
    (
      .toggle, .alert(AlertTarget(id: id, eventTypeName: "OUTSIDE_METRIC_THRESHOLD")),
      "toggle alert OUTSIDE_METRIC_THRESHOLD", .alert(id)
    ),
    (
      .create, .alert(AlertTarget(id: nil, eventTypeName: "HOST_DOWN")), "create alert HOST_DOWN",
      nil
    ),
    (.delete, .alert(AlertTarget(id: id, eventTypeName: "")), "delete alert", .alert(id)),
    (
      .update, .request(RequestTarget(method: "PATCH", path: "/auditLog", query: ["a": "b"])),
      "PATCH /auditLog?a=b", .path("/auditLog")
    ),
    (.create, .request(RequestTarget(method: "POST", path: "/teams")), "POST /teams", nil),
  ]

  @Test(arguments: words.indices)
  func `says what it does, and what can be read again`(index: Int) {
    let (verb, target, words, resource) = Self.words[index]
    let operation = Self.operation(verb, target)
    #expect(operation.words == words)
    #expect(operation.resource == resource)
  }

  @Test func `pending values are found and filled in at every depth`() {
    let operation = Self.operation(.create, .integration("DATADOG"))
    #expect(operation.pendingValues.map(\.operation).sorted() == [1, 3])
    let filled = JSONValue.object(operation.body ?? [:]).replacingPending {
      .string("answer \($0.operation)")
    }
    #expect(filled == ["id": "answer 1", "more": ["answer 3"]])
  }

  @Test func `a list that Atlas answers is an image too`() {
    let list: JSONValue = [["ip": "10.0.0.1"]]
    #expect(AnswerImage.value(AnswerImage.image(list)) == list)
    let object: JSONValue = ["links": [], "a": 1]
    #expect(AnswerImage.value(AnswerImage.image(object)) == ["a": 1])
  }
}
