import GodwitCore
import GodwitJournal
import Testing

@testable import GodwitRun

@Suite struct LandingJudgeTests {
  typealias Case = (
    name: String, operation: Operation, before: Integration?, now: Integration?,
    expected: LandingJudge.Judgement
  )

  private static let webhook = Integration(
    type: "WEBHOOK",
    stamp: "1",
    fields: [
      "url": .masked(MaskedValue(head: "https://a.example/", tail: "2101", length: nil)),
      "secret": Sample.oldKey,
    ]
  )
  private static let cleared = Sample.operation(
    .update,
    1,
    "WEBHOOK",
    before: webhook.fields,
    body: ["url": Sample.secret, "secret": .null],
    after: ["url": .masked(MaskedValue(head: "https://a.example/", tail: "2101", length: nil))]
  )
  private static let template = Sample.operation(
    .update,
    1,
    "WEBHOOK",
    before: ["bodyTemplate": .masked(MaskedValue(tail: "", length: nil))],
    body: ["bodyTemplate": Sample.secret],
    after: ["bodyTemplate": .masked(MaskedValue(tail: "", length: nil))]
  )
  private static let starred = Integration(
    type: "WEBHOOK",
    stamp: "1",
    fields: ["bodyTemplate": .masked(MaskedValue(tail: "", length: nil))]
  )

  private static func without(_ name: String, _ stamp: String) -> Integration {
    var fields = webhook.fields
    fields[name] = nil
    return Integration(type: "WEBHOOK", stamp: stamp, fields: fields)
  }

  static let cases: [Case] = [
    ("made", Sample.move, Sample.us, Sample.eu, .landed),
    ("not made", Sample.move, Sample.us, Sample.us, .notLanded),
    ("changed by others", Sample.move, Sample.us, Sample.elsewhere, .foreign),
    ("gone", Sample.move, Sample.us, nil, .foreign),
    (
      "the region as sent, the key not", Sample.move, Sample.us,
      Sample.changed(Sample.us, ["region": "EU"], stamp: "2"), .foreign
    ),
    (
      "with fields that Atlas added", Sample.move, Sample.us,
      Sample.changed(Sample.eu, ["sendX": true], stamp: "2"), .landed
    ),
    (
      "another length of the same tail", Sample.move, Sample.us,
      Sample.changed(
        Sample.eu,
        ["apiKey": .masked(MaskedValue(tail: "9abc", length: 31))],
        stamp: "2"
      ), .foreign
    ),
    (
      "no length shown", Sample.move, Sample.us,
      Sample.changed(
        Sample.eu,
        ["apiKey": .masked(MaskedValue(tail: "9abc", length: nil))],
        stamp: "2"
      ), .landed
    ),
    ("created", Sample.create(), nil, Sample.pager, .landed),
    ("not created", Sample.create(), nil, nil, .notLanded),
    (
      "created with defaults added", Sample.create(), nil,
      Sample.changed(Sample.pager, ["added": 1], stamp: "9"), .landed
    ),
    (
      "created by others", Sample.create(), nil,
      Sample.changed(Sample.pager, ["region": "US"], stamp: "9"), .foreign
    ),
    ("deleted", Sample.remove, Sample.us, nil, .landed),
    ("not deleted", Sample.remove, Sample.us, Sample.us, .notLanded),
    ("not deleted, but changed", Sample.remove, Sample.us, Sample.elsewhere, .foreign),
    ("a secret cleared", cleared, webhook, without("secret", "2"), .landed),
    ("a secret not cleared", cleared, webhook, webhook, .notLanded),
    (
      "a secret not shown, another version", Sample.rotate, Sample.prometheus,
      Sample.changed(Sample.prometheus, stamp: "6"), .landed
    ),
    (
      "a secret not shown, the same version", Sample.rotate, Sample.prometheus,
      Sample.prometheus, .notLanded
    ),
    (
      "a secret not shown, no version now", Sample.rotate, Sample.prometheus,
      Sample.changed(Sample.prometheus, stamp: nil), .cannotTell
    ),
    (
      "a secret not shown, no version before", Sample.rotate,
      Sample.changed(Sample.prometheus, stamp: nil), Sample.prometheus, .cannotTell
    ),
    (
      "stars only, another version", template, starred, Sample.changed(starred, stamp: "2"),
      .landed
    ),
    ("stars only, the same version", template, starred, starred, .notLanded),
  ]

  @Test(arguments: cases.indices)
  func `tells by what shows`(index: Int) {
    let (name, operation, before, now, expected) = Self.cases[index]
    let intent = Sample.intent(before)
    #expect(
      LandingJudge.judge(operation, current: now?.image, intent: intent) == expected,
      "\(name)"
    )
  }

  @Test func `what was not sent is so already only if that can be seen`() {
    #expect(LandingJudge.isAlreadySo(Sample.move, Sample.eu.image))
    #expect(!LandingJudge.isAlreadySo(Sample.move, Sample.us.image))
    #expect(!LandingJudge.isAlreadySo(Sample.move, nil))
    #expect(LandingJudge.isAlreadySo(Sample.create(), Sample.pager.image))
    #expect(!LandingJudge.isAlreadySo(Sample.create(), nil))
    #expect(LandingJudge.isAlreadySo(Sample.remove, nil))
    #expect(!LandingJudge.isAlreadySo(Sample.remove, Sample.us.image))
    #expect(!LandingJudge.isAlreadySo(Sample.rotate, Sample.prometheus.image))
  }
}
