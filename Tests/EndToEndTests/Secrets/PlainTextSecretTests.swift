import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// A secret that is given as text by mistake is refused, and not repeated.
@Suite struct PlainTextSecretTests {
  private static let text = "hunter2-typed-by-mistake"

  private func plan(
    _ place: Workplace,
    _ arguments: [String],
    environment: [String: String] = [:]
  ) async throws -> Finished {
    try await place.start(
      ["plan", "move.lua", "--simulator"] + arguments,
      environment: environment
    )
    .finished()
  }

  /// Checks that a command was refused, that it left no run, and that it did not repeat the text.
  private func expectSilentRefusal(
    _ finished: Finished,
    _ place: Workplace,
    saying words: [String],
    status: Int32 = 1,
    except: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    expectRefusal(finished, saying: words, status: status, sourceLocation: sourceLocation)
    var search = SecretSearch()
    search.add("what was typed", Self.text)
    try search.expectNothing(leftIn: place, except: except, sourceLocation: sourceLocation)
    let runs = place.exists(".godwit/runs") ? try place.files(in: ".godwit/runs") : []
    #expect(runs.isEmpty, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    (["--secret", "apiKey=\(text)"], "secret apiKey: this is not a reference"),
    (["--secret", "apiKey=x:\(text)"], "secret apiKey: this is not a reference"),
    (["--param", "apiKey=\(text)"], "parameter apiKey is a secret"),
    (
      ["--secret", "apiKey=fake:hex32", "--escrow", "DATADOG.apiKey=\(text)"],
      "DATADOG.apiKey: this is not a reference"
    ),
  ])
  func `on the command line`(arguments: [String], words: String) async throws {
    try await Workplace.with { place in
      try expectSilentRefusal(
        try await plan(place, arguments),
        place,
        saying: [words, "env:"]
      )
    }
  }

  @Test(arguments: [
    ["--secret", text], ["--param", text], ["--secret", "=\(text)"],
  ])
  func `on the command line without a name`(arguments: [String]) async throws {
    try await Workplace.with { place in
      try expectSilentRefusal(
        try await plan(place, arguments),
        place,
        saying: ["\(arguments[0]) takes NAME="],
        status: 64
      )
    }
  }

  @Test(arguments: [
    ("p.toml", "apiKey = \"\(text)\"\n"), ("p.json", "{\"apiKey\": \"\(text)\"}"),
    ("p.toml", "apiKey = \(text)\n"), ("p.json", "{\"apiKey\": \(text)}"),
  ])
  func `in a parameters file`(file: String, content: String) async throws {
    try await Workplace.with { place in
      try place.write(content, to: file)
      try expectSilentRefusal(
        try await plan(place, ["--params-file", file]),
        place,
        saying: [],
        except: [file]
      )
    }
  }

  @Test func `in a column of the targets file`() async throws {
    try await Workplace.with { place in
      try place.write("project,apiKey\nabc,\(Self.text)\n", to: "t.csv")
      let finished = try await plan(
        place,
        ["--targets", "t.csv", "--secret", "apiKey=fake:hex32"]
      )
      try expectSilentRefusal(
        finished,
        place,
        saying: ["column named like the secret parameter apiKey"],
        except: ["t.csv"]
      )
    }
  }

  @Test func `in a file that others can read, unless that is accepted`() async throws {
    try await Workplace.with { place in
      try place.write(Self.text, to: "key.txt", mode: 0o644)
      let words = ["--secret", "apiKey=file:key.txt"]
      try expectSilentRefusal(
        try await plan(place, words),
        place,
        saying: ["others can read key.txt", "chmod 600"],
        except: ["key.txt"]
      )
      try place.write(Scripts.datadogKey, to: "key.txt", mode: 0o644)
      let accepted = try await plan(place, words + ["--accept-readable-secret-files"])
      expect(accepted, endsWith: 0)
    }
  }

  @Test(arguments: [
    (["--secret", "apiKey=env:NOT_SET"], "the environment variable NOT_SET is not set"),
    (["--secret", "apiKey=env:EMPTY"], "env:EMPTY is empty"),
    (["--secret", "apiKey=file:missing"], "there is no file missing"),
    (["--secret", "apiKey=file:empty"], "file:empty is empty"),
    (["--secret", "apiKey=fake:hex64"], "unknown form fake:hex64"),
    (["--secret", "apiKey=pass:datadog"], "this is not a reference"),
    (["--secret", "apiKey=cmd:exit 3"], "apiKey"),
    (["--secret", "apiKy=env:HOME"], "did you mean \"apiKey\"?"),
    (["--secret", "from=env:HOME", "--secret", "apiKey=env:HOME"], "from is not a secret"),
    ([], "missing parameter: apiKey"),
  ])
  func `a reference that leads nowhere names the secret`(
    arguments: [String],
    words: String
  ) async throws {
    try await Workplace.with { place in
      try place.write("", to: "empty")
      let finished = try await plan(place, arguments, environment: ["EMPTY": ""])
      expectRefusal(finished, saying: [words])
    }
  }

  @Test func `fake references are for the simulator only`() async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      let plan = try await place.godwit("plan", "move.lua", "--secret", "apiKey=fake:hex32")
      expectRefusal(plan, saying: ["for the simulator only"])
      #expect(try atlas.requests().isEmpty)
    }
  }
}
