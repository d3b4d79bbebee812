import GodwitAtlas
import GodwitCore
import GodwitJournal
import Testing

@testable import GodwitRun

/// The ways of a write of which nobody knows whether it was made.
@Suite struct DoubtTests {
  typealias Case = (name: String, scene: Scene, expected: [String])

  private static let doubt = [
    "read", "announce intent 1", "send update DATADOG", "note inDoubt 1", "read",
  ]
  private static let doubtOfRotation = [
    "read", "announce intent 1", "send update PROMETHEUS", "note inDoubt 1", "read",
  ]
  private static let sentAgain = ["announce planned 1, intent 1 again", "send update DATADOG"]

  private static func rotation(_ replies: [Scene.Reply]) -> Scene {
    Scene(
      operations: [Sample.rotate],
      reads: ReadSet(images: ["PROMETHEUS": Sample.prometheus.fields]),
      replies: replies
    )
  }

  private static func creation(_ replies: [Scene.Reply]) -> Scene {
    Scene(
      operations: [Sample.create()],
      reads: ReadSet(images: ["PAGER_DUTY": nil]),
      replies: replies
    )
  }

  private static let unstamped = Sample.changed(Sample.prometheus, stamp: nil)

  static let cases: [Case] = [
    (
      "it shows at once",
      Scene(replies: [.shows([Sample.us]), .refuses(Sample.timeout), .shows([Sample.eu])]),
      doubt + ["note done 1, settled changed", "end changed"]
    ),
    (
      "it shows at the end of the wait",
      Scene(
        replies: [
          .shows([Sample.us]), .refuses(Sample.timeout), .shows([Sample.us]), .shows([Sample.eu]),
        ]
      ),
      doubt + ["wait until +5000", "read", "note done 1, settled changed", "end changed"]
    ),
    (
      "it went out long after its intent: its time to show begins when the answer was given up",
      Scene(
        replies: [
          .shows([Sample.us]), .refusesLate(Sample.timeout, milliseconds: 60_000),
          .shows([Sample.us]), .shows([Sample.eu]),
        ]
      ),
      doubt + ["wait until +65000", "read", "note done 1, settled changed", "end changed"]
    ),
    (
      "it does not show, and is sent again, which is recorded: it may come late",
      Scene(
        replies: [
          .shows([Sample.us]), .refuses(Sample.timeout), .shows([Sample.us]), .shows([Sample.us]),
          .answers(Sample.eu),
        ]
      ),
      doubt + ["wait until +5000", "read"] + sentAgain
        + ["note done 1, settled changed", "end changed"]
    ),
    (
      "it never shows",
      Scene(
        replies: [.shows([Sample.us])]
          + (0..<3).flatMap { _ in
            [.refuses(Sample.serverError), .shows([Sample.us]), .shows([Sample.us])]
          } as [Scene.Reply]
      ),
      doubt + ["wait until +5000", "read"] + sentAgain
        + ["note inDoubt 1", "read", "wait until +10000", "read"] + sentAgain
        + [
          "note inDoubt 1", "read", "wait until +15000", "read",
          "note failed 1, settled failed (sent 3 times and never made: 500)", "end failed",
        ]
    ),
    (
      "somebody else has changed it meanwhile",
      Scene(replies: [.shows([Sample.us]), .refuses(Sample.timeout), .shows([Sample.elsewhere])]),
      doubt + [
        "note held 1, settled held"
          + " (DATADOG was changed by somebody else while it was being written)",
        "end held",
      ]
    ),
    (
      "meanwhile somebody changed what comes next",
      Scene(
        operations: [Sample.move, Sample.page],
        reads: ReadSet(images: ["DATADOG": Sample.us.fields, "PAGER_DUTY": nil]),
        replies: [
          .shows([Sample.us]), .refuses(Sample.serverError), .shows([Sample.us]),
          .shows([Sample.us, Sample.changed(Sample.pager, ["region": "US"], stamp: "8")]),
        ]
      ),
      doubt + [
        "wait until +5000", "read",
        "note planned 1, settled held (drift: PAGER_DUTY was not configured, and is now)",
        "end held",
      ]
    ),
    (
      "it cannot be read back at once",
      Scene(
        replies: [
          .shows([Sample.us]), .refuses(Sample.timeout), .readFailsNow(Sample.busy),
          .shows([Sample.eu]),
        ]
      ),
      doubt + ["wait until +7237", "read", "note done 1, settled changed", "end changed"]
    ),
    (
      "it cannot be read back",
      Scene(
        replies: [.shows([Sample.us]), .refuses(Sample.timeout), .readFails(Sample.serverError)]
      ),
      doubt + [
        "note settled inDoubt (a write was sent and could not be read back: 500)", "end inDoubt",
      ]
    ),
    (
      "the run stops before it can be read back",
      Scene(
        replies: [.shows([Sample.us]), .refuses(Sample.timeout), .readFails(Sample.unreachable)]
      ),
      doubt + ["leave: connect"]
    ),
    (
      "an answer that does not show the integration",
      Scene(replies: [.shows([Sample.us]), .answers(nil), .shows([Sample.eu])]),
      doubt + ["note done 1, settled changed", "end changed"]
    ),
    (
      "a secret that is not shown: another version tells that it was made",
      rotation([
        .shows([Sample.prometheus]), .refuses(Sample.timeout),
        .shows([Sample.changed(Sample.prometheus, stamp: "6")]),
      ]),
      doubtOfRotation + ["note done 1, settled changed", "end changed"]
    ),
    (
      "a secret that is not shown: the same version tells that it was not made",
      rotation([
        .shows([Sample.prometheus]), .refuses(Sample.timeout), .shows([Sample.prometheus]),
        .shows([Sample.prometheus]), .answers(Sample.prometheus),
      ]),
      doubtOfRotation + [
        "wait until +5000", "read", "announce planned 1, intent 1 again", "send update PROMETHEUS",
        "note done 1, settled changed", "end changed",
      ]
    ),
    (
      "nothing tells: it is sent once more, and recorded as a repeat",
      rotation([
        .shows([unstamped]), .refuses(Sample.timeout), .shows([unstamped]), .shows([unstamped]),
        .answers(unstamped),
      ]),
      doubtOfRotation + [
        "wait until +5000", "read", "announce planned 1, intent 1 again",
        "send update PROMETHEUS", "note done 1, settled changed", "end changed",
      ]
    ),
    (
      "nothing tells, twice: it stays in doubt",
      rotation([
        .shows([unstamped]), .refuses(Sample.timeout), .shows([unstamped]), .shows([unstamped]),
        .refuses(Sample.timeout), .shows([unstamped]), .shows([unstamped]),
      ]),
      doubtOfRotation + [
        "wait until +5000", "read", "announce planned 1, intent 1 again",
        "send update PROMETHEUS", "note inDoubt 1", "read", "wait until +10000", "read",
        "note settled inDoubt (nothing that Atlas shows tells whether PROMETHEUS was written), a person has to say",
        "end inDoubt",
      ]
    ),
    (
      "a conflict that is one's own success",
      creation([.shows([]), .refuses(Sample.conflict), .shows([Sample.pager])]),
      [
        "read", "announce intent 1", "send create PAGER_DUTY", "note inDoubt 1", "read",
        "note done 1, settled changed", "end changed",
      ]
    ),
    (
      "a conflict with somebody else's",
      creation([
        .shows([]), .refuses(Sample.conflict),
        .shows([Sample.changed(Sample.pager, ["region": "US"], stamp: "8")]),
      ]),
      [
        "read", "announce intent 1", "send create PAGER_DUTY", "note inDoubt 1", "read",
        "note held 1, settled held"
          + " (PAGER_DUTY was changed by somebody else while it was being written)",
        "end held",
      ]
    ),
    (
      "a create to which Atlas added fields",
      creation([
        .shows([]), .refuses(Sample.timeout),
        .shows([Sample.changed(Sample.pager, ["added": "default"], stamp: "8")]),
      ]),
      [
        "read", "announce intent 1", "send create PAGER_DUTY", "note inDoubt 1", "read",
        "note done 1, settled changed", "end changed",
      ]
    ),
    (
      "a delete of what is gone",
      Scene(
        operations: [Sample.remove],
        replies: [.shows([Sample.us]), .refuses(Sample.notConfigured), .shows([])]
      ),
      [
        "read", "announce intent 1", "send delete DATADOG", "note inDoubt 1", "read",
        "note done 1, settled changed", "end changed",
      ]
    ),
  ]

  @Test(arguments: cases.indices)
  func `is resolved by reading back`(index: Int) {
    let (name, scene, expected) = Self.cases[index]
    #expect(scene.play() == expected, "\(name)")
  }

  /// What follows the failure of a write.
  enum Sequel: String { case doubt, failure, stop, again }

  static let failures: [(AtlasError, Sequel)] = [
    (AtlasError(kind: .nameResolution, arrival: .notArrived), .again),
    (AtlasError(kind: .connect, arrival: .notArrived), .again),
    (AtlasError(kind: .tls, arrival: .notArrived), .again),
    (AtlasError(kind: .connect, arrival: .unknown), .doubt),
    (AtlasError(kind: .timeout, arrival: .unknown), .doubt),
    (AtlasError(kind: .timeout, arrival: .notArrived), .again),
    (AtlasError(kind: .reset, arrival: .unknown), .doubt),
    (AtlasError(kind: .unreadableAnswer, status: 200, arrival: .unknown), .doubt),
    (AtlasError(kind: .tooLarge, arrival: .unknown), .doubt),
    (AtlasError(kind: .status, status: 500, arrival: .unknown), .doubt),
    (AtlasError(kind: .status, status: 503, arrival: .unknown), .doubt),
    (AtlasError(kind: .status, status: 409, arrival: .unknown), .doubt),
    (AtlasError(kind: .status, status: 409, arrival: .refused), .doubt),
    (Sample.notConfigured, .doubt),
    (AtlasError(kind: .status, status: 400, arrival: .refused), .failure),
    (AtlasError(kind: .status, status: 401, arrival: .refused), .failure),
    (AtlasError(kind: .status, status: 403, arrival: .refused), .failure),
    (
      AtlasError(
        kind: .status,
        status: 403,
        errorCode: "IP_ADDRESS_NOT_ON_ACCESS_LIST",
        arrival: .refused
      ), .stop
    ),
    (
      AtlasError(kind: .status, status: 404, errorCode: "GROUP_NOT_FOUND", arrival: .refused),
      .failure
    ),
    (AtlasError(kind: .status, status: 405, arrival: .refused), .failure),
    (AtlasError(kind: .status, status: 429, arrival: .refused), .again),
    (Sample.wrongKey, .stop),
    (AtlasError(kind: .restlessNonce, arrival: .refused), .failure),
    (AtlasError(kind: .refusedBody, arrival: .notArrived), .failure),
    (Sample.cancelled, .stop),
    (AtlasError(kind: .cancelled, arrival: .unknown), .doubt),
    (AtlasError(kind: .closed, arrival: .notArrived), .stop),
  ]

  @Test(arguments: failures.indices, Verb.allCases)
  func `a failure is a doubt unless the write surely was not made`(index: Int, verb: Verb) {
    let (error, sequel) = Self.failures[index]
    let scene: Scene =
      switch verb {
      case .create: Self.creation([.shows([]), .refuses(error)])
      case .update, .toggle: Scene(replies: [.shows([Sample.us]), .refuses(error)])
      case .delete:
        Scene(operations: [Sample.remove], replies: [.shows([Sample.us]), .refuses(error)])
      }
    let trace = scene.play()
    let found: Sequel? =
      if trace.contains("note inDoubt 1") {
        .doubt
      } else if trace.last == "end failed" {
        .failure
      } else if trace.last?.hasPrefix("leave") == true, trace.contains("note planned 1") {
        .stop
      } else if let note = trace.firstIndex(of: "note planned 1"), note + 2 < trace.count,
        trace[note + 1].hasPrefix("wait until"), trace[note + 2] == "read"
      {
        .again
      } else {
        nil
      }
    #expect(found == sequel, "\(error): \(trace)")
  }

  @Test func `a write that is refused for the moment is looked at again before it is sent again`() {
    let busy = AtlasError(kind: .status, status: 429, arrival: .refused)
    let changed = Scene(replies: [.shows([Sample.us]), .refuses(busy), .shows([])])
    #expect(changed.play().last == "end held")
    let replies = (0..<7).flatMap { _ in [Scene.Reply.shows([Sample.us]), .refuses(busy)] }
    let trace = Scene(replies: replies).play()
    #expect(trace.last == "end failed")
    #expect(trace.count { $0 == "send update DATADOG" } == 7)
  }
}
