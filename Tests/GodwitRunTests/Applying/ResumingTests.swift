import GodwitCore
import GodwitJournal
import Testing

@testable import GodwitRun

/// Projects that an earlier process left behind.
@Suite struct ResumingTests {
  typealias Case = (name: String, scene: Scene, expected: [String])

  private static let sends = ["announce intent 1", "send update DATADOG"]
  private static let ends = ["note done 1, settled changed", "end changed"]
  private static let intent = [1: Sample.intent(Sample.us)]
  private static let swap = [
    Sample.remove,
    Sample.operation(
      .create,
      2,
      before: nil,
      body: ["region": "EU", "apiKey": Sample.secret],
      after: Sample.eu.fields
    ),
  ]

  static let cases: [Case] = [
    (
      "sending, and it was made",
      Scene(statuses: [.sending], intents: intent, replies: [.shows([Sample.eu])]),
      ["read", "note inDoubt 1, done 1, settled changed", "end changed"]
    ),
    (
      "sending, and it was not made",
      Scene(
        statuses: [.sending],
        intents: intent,
        replies: [.shows([Sample.us]), .answers(Sample.eu)]
      ),
      ["read", "announce inDoubt 1, planned 1, intent 1 again", "send update DATADOG"] + ends
    ),
    (
      "sending, and this process began a moment ago",
      Scene(
        statuses: [.sending],
        intents: intent,
        start: Scene.now - 1000,
        replies: [.shows([Sample.us]), .shows([Sample.eu])]
      ),
      [
        "read", "wait until +4000", "read", "note inDoubt 1, done 1, settled changed",
        "end changed",
      ]
    ),
    (
      "sending, and somebody else changed it",
      Scene(statuses: [.sending], intents: intent, replies: [.shows([Sample.elsewhere])]),
      [
        "read",
        "note inDoubt 1, held 1, settled held"
          + " (DATADOG was changed by somebody else while it was being written)",
        "end held",
      ]
    ),
    (
      "sending, made, and another type was changed: nothing is left to be held",
      Scene(
        reads: ReadSet(images: ["DATADOG": Sample.us.fields, "PAGER_DUTY": nil]),
        statuses: [.sending],
        intents: intent,
        replies: [.shows([Sample.eu, Sample.pager])]
      ),
      ["read", "note inDoubt 1, done 1, settled changed", "end changed"]
    ),
    (
      "sending, not made, and another type drifted",
      Scene(
        reads: ReadSet(images: ["DATADOG": Sample.us.fields, "PAGER_DUTY": nil]),
        statuses: [.sending],
        intents: intent,
        replies: [.shows([Sample.us, Sample.pager])]
      ),
      [
        "read",
        "note inDoubt 1, planned 1, settled held"
          + " (drift: PAGER_DUTY was not configured, and is now)",
        "end held",
      ]
    ),
    (
      "in doubt and not settled",
      Scene(statuses: [.inDoubt], intents: intent, replies: [.shows([Sample.eu])]),
      ["read", "note done 1, settled changed", "end changed"]
    ),
    (
      "in doubt and settled so",
      Scene(
        statuses: [.inDoubt],
        intents: intent,
        wasSettled: true,
        replies: [.shows([Sample.eu])]
      ),
      ["read", "note reopened, done 1, settled changed", "end changed"]
    ),
    (
      "in doubt, and it cannot be read back again",
      Scene(
        statuses: [.inDoubt],
        intents: intent,
        wasSettled: true,
        replies: [.readFails(Sample.serverError)]
      ),
      [
        "read",
        "note reopened, settled inDoubt (a write was sent and could not be read back: 500)",
        "end inDoubt",
      ]
    ),
    (
      "a repeat that nothing tells of stays in doubt",
      Scene(
        operations: [Sample.rotate],
        reads: ReadSet(images: ["PROMETHEUS": Sample.prometheus.fields]),
        statuses: [.sending],
        intents: [
          1: Sample.intent(Sample.changed(Sample.prometheus, stamp: nil), isRepeat: true)
        ],
        replies: [.shows([Sample.prometheus])]
      ),
      [
        "read",
        "note inDoubt 1, settled inDoubt"
          + " (nothing that Atlas shows tells whether PROMETHEUS was written), a person has to say",
        "end inDoubt",
      ]
    ),
    (
      "sending, made, and what is left meets a change",
      Scene(
        operations: [Sample.move, Sample.page],
        reads: ReadSet(images: ["DATADOG": Sample.us.fields, "PAGER_DUTY": nil]),
        statuses: [.sending, .planned],
        intents: intent,
        replies: [
          .shows([Sample.eu, Sample.changed(Sample.pager, ["region": "US"], stamp: "8")])
        ]
      ),
      [
        "read", "note inDoubt 1, done 1",
        "note settled held (drift: PAGER_DUTY was not configured, and is now)", "end held",
      ]
    ),
    (
      "in doubt without an intent counts as planned",
      Scene(statuses: [.inDoubt], replies: [.shows([Sample.us]), .answers(Sample.eu)]),
      ["read"] + sends + ends
    ),
    (
      "an attempt of an earlier process had no answer: the next one is recorded as a repeat",
      Scene(
        statuses: [.planned],
        intents: intent,
        unanswered: [1],
        replies: [.shows([Sample.us]), .answers(Sample.eu)]
      ),
      ["read", "announce intent 1 again", "send update DATADOG"] + ends
    ),
    (
      "failed, and retried",
      Scene(
        statuses: [.failed],
        wasSettled: true,
        replies: [.shows([Sample.us]), .answers(Sample.eu)]
      ),
      ["read", "announce reopened, intent 1", "send update DATADOG"] + ends
    ),
    (
      "failed, and Atlas cannot be reached: it stays failed",
      Scene(statuses: [.failed], wasSettled: true, replies: [.readFails(Sample.wrongKey)]),
      ["read", "leave: wrongCredentials"]
    ),
    (
      "held, and retried once it is as it was",
      Scene(
        statuses: [.planned],
        wasSettled: true,
        replies: [.shows([Sample.us]), .answers(Sample.eu)]
      ),
      ["read", "announce reopened, intent 1", "send update DATADOG"] + ends
    ),
    (
      "held for somebody's change, which is still there",
      Scene(
        statuses: [.held],
        intents: intent,
        wasSettled: true,
        replies: [.shows([Sample.elsewhere])]
      ),
      [
        "read",
        "note reopened, settled held (drift: DATADOG.region was \"US\", is \"AP1\")", "end held",
      ]
    ),
    (
      "a verify that failed is all that is retried",
      Scene(
        statuses: [.done],
        wasSettled: true,
        hasVerify: true,
        replies: [.verifies(nil)]
      ),
      ["verify", "note reopened, settled changed", "end changed"]
    ),
    (
      "killed after the last outcome",
      Scene(statuses: [.done]),
      ["note settled changed", "end changed"]
    ),
    (
      "killed after the last outcome and before verify",
      Scene(statuses: [.done], hasVerify: true, replies: [.verifies("no")]),
      ["verify", "note settled failed (verify: no)", "end failed"]
    ),
    (
      "half of it done: what was written is what is expected",
      Scene(
        operations: [Sample.move, Sample.page],
        statuses: [.done, .planned],
        replies: [.shows([Sample.eu]), .answers(Sample.pager)]
      ),
      [
        "read", "announce intent 2", "send create PAGER_DUTY", "note done 2, settled changed",
        "end changed",
      ]
    ),
    (
      "half of it done, and changed by somebody since",
      Scene(
        operations: [Sample.move, Sample.page],
        statuses: [.done, .planned],
        replies: [.shows([Sample.us])]
      ),
      [
        "read", "note settled held (drift: DATADOG was changed after it was written)", "end held",
      ]
    ),
    (
      "lost commits: a delete and a create were both made",
      Scene(operations: swap, mayLackIntents: true, replies: [.shows([Sample.eu])]),
      ["read", "note alreadySo 1, alreadySo 2", "note settled changed", "end changed"]
    ),
    (
      "lost commits: of a delete and a create the first was made",
      Scene(
        operations: swap,
        mayLackIntents: true,
        replies: [.shows([]), .answers(Sample.eu)]
      ),
      [
        "read", "note alreadySo 1", "announce intent 2", "send create DATADOG",
        "note done 2, settled changed", "end changed",
      ]
    ),
    (
      "lost commits: a delete is in doubt, and the create after it was made too",
      Scene(
        operations: swap,
        statuses: [.sending, .planned],
        intents: [1: Sample.intent(Sample.us)],
        mayLackIntents: true,
        replies: [.shows([Sample.eu])]
      ),
      [
        "read", "note inDoubt 1, done 1", "note alreadySo 2", "note settled changed",
        "end changed",
      ]
    ),
    (
      "no commits are lost: what is there after a delete in doubt is somebody else's",
      Scene(
        operations: swap,
        statuses: [.sending, .planned],
        intents: [1: Sample.intent(Sample.us)],
        replies: [.shows([Sample.eu])]
      ),
      [
        "read",
        "note inDoubt 1, held 1, settled held"
          + " (DATADOG was changed by somebody else while it was being written)",
        "end held",
      ]
    ),
    (
      "lost commits: what nothing tells of is recorded as a repeat",
      Scene(
        operations: [Sample.rotate],
        reads: ReadSet(images: ["PROMETHEUS": Sample.prometheus.fields]),
        mayLackIntents: true,
        replies: [.shows([Sample.prometheus]), .answers(Sample.prometheus)]
      ),
      [
        "read", "announce intent 1 again", "send update PROMETHEUS",
        "note done 1, settled changed", "end changed",
      ]
    ),
  ]

  @Test(arguments: cases.indices)
  func `goes on where the last process was`(index: Int) {
    let (name, scene, expected) = Self.cases[index]
    #expect(scene.play() == expected, "\(name)")
  }
}
