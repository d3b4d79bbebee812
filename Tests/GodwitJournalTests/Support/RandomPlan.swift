import GodwitCore
import TestSupport

/// Plans of every shape, to see that nothing of them is lost.
struct RandomPlan {
  var random: SeededRandom

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  private mutating func maybe<Value>(_ value: Value) -> Value? { chance(50) ? value : nil }

  mutating func text() -> String {
    pick([
      "", "plain", "with \"quotes\" and \\", "line\nfeed\t\u{1}", "Zürich – 日本 🐦", "$masked",
      "$secret", "$pending", "$object", "****9abc", String(repeating: "x", count: 300),
      "'; DROP TABLE meta; --",
    ])
  }

  mutating func value(_ depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth < 3 ? 10 : 8), using: &random) {
    case 0: .null
    case 1: .bool(chance(50))
    case 2: .number(JSONNumber(Int64.random(in: .min ... .max, using: &random)))
    case 3: JSONNumber(Double.random(in: -1e9...1e9, using: &random)).map { .number($0) } ?? .null
    case 4: .string(text())
    case 5:
      .masked(
        MaskedValue(
          head: pick(["", "https://example.com/"]),
          tail: pick(["", "9abc"]),
          length: maybe(Int.random(in: 0...64, using: &random))
        )
      )
    case 6: .secret(SecretReference(name: text()))
    case 7: .pending(PendingValue(operation: Int.random(in: 1...9, using: &random)))
    case 8: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) })
    default: .object(object(depth + 1))
    }
  }

  mutating func object(_ depth: Int = 0) -> JSONObject {
    JSONObject(
      (0..<Int.random(in: 0...4, using: &random)).map { _ in (key: text(), value: value(depth)) }
    )
  }

  mutating func position() -> ScriptPosition {
    ScriptPosition(file: text(), line: Int.random(in: 1...9999, using: &random))
  }

  mutating func target() -> OperationTarget {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: .integration(IntegrationType(text()))
    case 1:
      .alert(
        AlertTarget(
          id: maybe(AlertConfigurationID(text())),
          eventTypeName: text(),
          isLegacy: chance(20)
        )
      )
    default: .request(RequestTarget(method: text(), path: text(), query: object()))
    }
  }

  mutating func operation(_ number: Int) -> Operation {
    let changes = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      FieldChange(
        field: text(),
        before: maybe(value()),
        after: maybe(value()),
        isUnknowable: chance(30)
      )
    }
    return Operation(
      number: number,
      verb: pick(Verb.allCases),
      target: target(),
      before: maybe(object()),
      body: maybe(object()),
      after: maybe(object()),
      changes: changes,
      grade: pick(Reversibility.allCases),
      lostSecrets: chance(30) ? [text(), text()] : [],
      position: maybe(position())
    )
  }

  mutating func plan(_ number: Int) -> ProjectPlan {
    var project = Sample.project(number)
    project.name = "\(number) \(text())"
    project.created = text()
    project.clusterCount = Int.random(in: 0...50, using: &random)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      project.tags[text()] = text()
      project.variables[text()] = text()
    }
    var reads = ReadSet(isEverything: chance(30))
    for type in ["DATADOG", "SLACK", "$secret"] where chance(50) {
      reads.images[IntegrationType(type)] = .some(maybe(object()))
    }
    for id in ["a1", "a2", ""] where chance(30) {
      reads.alerts[AlertConfigurationID(id)] = .some(maybe(object()))
      reads.paths["/" + id] = .some(maybe(object()))
      reads.alertsThrough.insert(IntegrationType(text()))
      reads.knownAlerts.insert(AlertConfigurationID(text()))
    }
    return ProjectPlan(
      project: project,
      outcome: pick([.changed, .unchanged, .skipped, .held, .manual, .failed]),
      reason: maybe(text()),
      advice: maybe(text()),
      position: maybe(position()),
      operations: (0..<Int.random(in: 0...3, using: &random)).map { operation($0 + 1) },
      tasks: chance(40)
        ? [PersonTask(title: text(), url: maybe(text()), detail: maybe(text()))] : [],
      logs: chance(40)
        ? [
          LogLine(level: pick(LogLine.Level.allCases), message: text(), position: maybe(position()))
        ]
        : [],
      reads: reads,
      unchangedSecrets: chance(30)
        ? [UnchangedSecret(type: "DATADOG", field: text(), tail: "9abc")] : []
    )
  }
}
