import GodwitCore
import GodwitJournal
import Testing

@testable import GodwitRun

/// The ways of a project that goes well, drifts, is refused or stays unread.
@Suite struct ProjectMachineTests {
  typealias Case = (name: String, scene: Scene, expected: [String])

  private static let drift = "note settled held (drift: "

  static let cases: [Case] = [
    (
      "a fresh project",
      Scene(replies: [.shows([Sample.us]), .answers(Sample.eu)]),
      [
        "read", "announce intent 1", "send update DATADOG", "note done 1, settled changed",
        "end changed",
      ]
    ),
    (
      "operations in their order",
      Scene(
        operations: [Sample.move, Sample.page],
        replies: [.shows([Sample.us]), .answers(Sample.eu), .answers(Sample.pager)]
      ),
      [
        "read", "announce intent 1", "send update DATADOG", "note done 1", "announce intent 2",
        "send create PAGER_DUTY", "note done 2, settled changed", "end changed",
      ]
    ),
    (
      "verify at the end",
      Scene(
        hasVerify: true,
        replies: [.shows([Sample.us]), .answers(Sample.eu), .verifies(nil)]
      ),
      [
        "read", "announce intent 1", "send update DATADOG", "note done 1", "verify",
        "note settled changed", "end changed",
      ]
    ),
    (
      "a verify that fails leaves the writes standing",
      Scene(
        hasVerify: true,
        replies: [.shows([Sample.us]), .answers(Sample.eu), .verifies("no good")]
      ),
      [
        "read", "announce intent 1", "send update DATADOG", "note done 1", "verify",
        "note settled failed (verify: no good)", "end failed",
      ]
    ),
    (
      "a verify that could not read waits, keeps the result back, and begins anew",
      Scene(
        statuses: [.done],
        hasVerify: true,
        replies: [.verifiesUnread("503", Sample.busy), .verifies(nil)]
      ),
      ["verify", "wait until +7237", "verify", "note settled changed", "end changed"]
    ),
    (
      "what verify says counts once reading is not tried any more",
      Scene(
        statuses: [.done],
        hasVerify: true,
        replies: [.verifiesUnread("no", Sample.busy.unpaid)]
      ),
      ["verify", "note settled failed (verify: no)", "end failed"]
    ),
    (
      "a verify that gets by without what it cannot read, which is tried five times",
      Scene(
        statuses: [.done],
        hasVerify: true,
        replies: (1...5).map { _ in .verifiesUnread(nil, Sample.serverError) }
      ),
      [
        "verify", "wait until +263", "verify", "wait until +1050", "verify", "wait until +2149",
        "verify", "wait until +5395", "verify", "note settled changed", "end changed",
      ]
    ),
    (
      "where no retries are left for verify, what it said last counts: that it is well",
      Scene(
        statuses: [.done],
        hasVerify: true,
        replies: [.verifiesUnread(nil, Sample.busy), .verifiesNoMore(Sample.busy)]
      ),
      ["verify", "wait until +7237", "verify", "note settled changed", "end changed"]
    ),
    (
      "or that it is not",
      Scene(
        statuses: [.done],
        hasVerify: true,
        replies: [.verifiesUnread("no", Sample.busy), .verifiesNoMore(Sample.busy)]
      ),
      ["verify", "wait until +7237", "verify", "note settled failed (verify: no)", "end failed"]
    ),
    (
      "a stop during verify leaves the project open",
      Scene(statuses: [.done], hasVerify: true, replies: [.stops]),
      ["verify", "leave"]
    ),
    (
      "a wrong key in verify leaves the project open",
      Scene(
        statuses: [.done],
        hasVerify: true,
        replies: [.verifiesUnread("401", Sample.wrongKey)]
      ),
      ["verify", "leave: wrongCredentials"]
    ),
    (
      "drift of a type that is written",
      Scene(replies: [.shows([Sample.elsewhere])]),
      ["read", drift + "DATADOG.region was \"US\", is \"AP1\")", "end held"]
    ),
    (
      "drift of a type that was read only",
      Scene(
        reads: ReadSet(images: ["DATADOG": Sample.us.fields, "PAGER_DUTY": nil]),
        replies: [.shows([Sample.us, Sample.pager])]
      ),
      ["read", drift + "PAGER_DUTY was not configured, and is now)", "end held"]
    ),
    (
      "drift of a type that is gone",
      Scene(replies: [.shows([])]),
      ["read", drift + "DATADOG was configured, and is not any more)", "end held"]
    ),
    (
      "drift of any type after a list",
      Scene(
        reads: ReadSet(isEverything: true, images: ["DATADOG": Sample.us.fields]),
        replies: [.shows([Sample.us, Sample.pager])]
      ),
      ["read", drift + "PAGER_DUTY was not configured, and is now)", "end held"]
    ),
    (
      "drift of a secret by its tail",
      Scene(replies: [.shows([Sample.changed(Sample.us, ["apiKey": Sample.newKey], stamp: "1")])]),
      ["read", drift + "DATADOG.apiKey was ****1234, is ****9abc)", "end held"]
    ),
    (
      "a type that was not read may change, and so may versions and empty fields",
      Scene(
        replies: [
          .shows([Sample.changed(Sample.us, ["sendX": false], stamp: "9"), Sample.pager]),
          .answers(Sample.eu),
        ]
      ),
      [
        "read", "announce intent 1", "send update DATADOG", "note done 1, settled changed",
        "end changed",
      ]
    ),
    (
      "somebody has done it already",
      Scene(replies: [.shows([Sample.eu])]),
      ["read", "note alreadySo 1", "note settled changed", "end changed"]
    ),
    (
      "somebody has done the first half already",
      Scene(
        operations: [Sample.move, Sample.page],
        replies: [.shows([Sample.eu]), .answers(Sample.pager)]
      ),
      [
        "read", "note alreadySo 1", "announce intent 2", "send create PAGER_DUTY",
        "note done 2, settled changed", "end changed",
      ]
    ),
    (
      "what is so already is noted although the rest drifted",
      Scene(
        operations: [Sample.move, Sample.page],
        reads: ReadSet(images: ["DATADOG": Sample.us.fields, "PAGER_DUTY": nil]),
        replies: [
          .shows([Sample.eu, Sample.changed(Sample.pager, ["region": "US"], stamp: "8")])
        ]
      ),
      [
        "read",
        "note alreadySo 1, settled held (drift: PAGER_DUTY was not configured, and is now)",
        "end held",
      ]
    ),
    (
      "a refusal leaves the later operations planned",
      Scene(
        operations: [Sample.move, Sample.page],
        replies: [.shows([Sample.us]), .refuses(Sample.badRequest)]
      ),
      [
        "read", "announce intent 1", "send update DATADOG",
        "note failed 1, settled failed (400 BAD)",
        "end failed",
      ]
    ),
    (
      "a project that cannot be read",
      Scene(replies: [.readFails(Sample.serverError)]),
      ["read", "note settled failed (500)", "end failed"]
    ),
    (
      "a wrong key leaves the project open",
      Scene(replies: [.readFails(Sample.wrongKey)]),
      ["read", "leave: wrongCredentials"]
    ),
    (
      "a write that the run has no retries left for is not sent, and fails",
      Scene(
        replies: [
          .shows([Sample.us]), .refuses(Sample.unreachable), .shows([Sample.us]),
          .refuses(Sample.unreachable.unpaid),
        ]
      ),
      [
        "read", "announce intent 1", "send update DATADOG", "note planned 1", "wait until +263",
        "read", "announce intent 1", "send update DATADOG",
        "note failed 1, settled failed (the server could not be reached)", "end failed",
      ]
    ),
    (
      "a server that is gone leaves the project open, and the operation planned",
      Scene(
        replies: [
          .shows([Sample.us]), .refuses(Sample.unreachable), .readFails(Sample.unreachable),
        ]
      ),
      [
        "read", "announce intent 1", "send update DATADOG", "note planned 1", "wait until +263",
        "read", "leave: connect",
      ]
    ),
    (
      "a cancellation leaves the project open, and the operation planned",
      Scene(replies: [.shows([Sample.us]), .refuses(Sample.cancelled)]),
      ["read", "announce intent 1", "send update DATADOG", "note planned 1", "leave: cancelled"]
    ),
  ]

  @Test(arguments: cases.indices)
  func `decides step by step`(index: Int) {
    let (name, scene, expected) = Self.cases[index]
    #expect(scene.play() == expected, "\(name)")
  }
}
