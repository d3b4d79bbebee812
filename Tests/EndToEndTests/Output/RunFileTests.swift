import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Where runs are kept, who may read them, and files that are no runs.
@Suite struct RunFileTests {
  @Test func `runs are for their owner alone, and git does not see them`() async throws {
    try await Workplace.with { place in
      for _ in 0..<2 {
        let plan = try await place.godwit(
          "plan",
          "move.lua",
          "--simulator",
          "--secret",
          "apiKey=fake:hex32"
        )
        expect(plan, endsWith: 0)
      }
      #expect(try place.mode(of: ".godwit") == 0o700)
      #expect(try place.mode(of: ".godwit/runs") == 0o700)
      #expect(try place.mode(of: ".godwit/simulator.db") == 0o600)
      let ignore = try String(
        contentsOf: place.folder.appending(path: ".godwit/.gitignore"),
        encoding: .utf8
      )
      #expect(ignore == "*\n")
      let run = try #require(place.filesOfRuns().first)
      #expect(place.filesOfRuns().count == 2)
      #expect(try place.mode(of: ".godwit/runs/\(run)") == 0o600)
      let name = String(run.dropLast(".godwit".count))
      expect(try await place.godwit("apply", name, "--yes"), endsWith: 0)
      #expect(try place.mode(of: ".godwit/runs/\(run)") == 0o600)
      #expect(place.filesOfRuns().count == 2, "no -wal and no -shm")
      #expect(try place.files(in: ".godwit").filter { $0.hasPrefix("simulator.db") }.count == 1)
    }
  }

  @Test func `--out names the run, and never overwrites`() async throws {
    try await Atlas.with(projects: 3) { place, atlas in
      try await place.planMove("a.godwit")
      #expect(try place.mode(of: "a.godwit") == 0o600)
      #expect(!place.exists(".godwit"))
      let before = try atlas.requests().count
      let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out"]
      let again = try await place.start(words + ["a.godwit"]).finished()
      expectRefusal(again, saying: ["a.godwit", "exists", "--out"])
      let nowhere = try await place.start(words + ["no/such/a.godwit"]).finished()
      expectRefusal(nowhere, saying: ["no/such/a.godwit", "No such file or directory"])
      let folder = try await place.start(words + ["."]).finished()
      expectRefusal(folder, saying: ["."])
      #expect(
        try atlas.requests().count == before,
        "nothing is asked for a run that cannot be kept"
      )
    }
  }

  @Test func `a plan that fails to begin leaves no run`() async throws {
    try await Atlas.with(projects: 3) { place, _ in
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=env:DATADOG_KEY",
        "--project",
        "nobody"
      )
      expectRefusal(plan, saying: ["nobody"])
      #expect(place.filesOfRuns().isEmpty)
    }
  }

  private static let commands = [
    ["show"], ["apply", "--yes"], ["resume", "--yes"], ["report"], ["runs", "copy"],
  ]

  /// Types a command about a file; `runs copy` gets its destination too.
  private func type(_ command: [String], _ file: String, in place: Workplace) async throws
    -> Finished
  {
    let words = command == ["runs", "copy"] ? command + [file, "copy.godwit"] : command + [file]
    return try await place.start(words).finished()
  }

  @Test(arguments: commands)
  func `what is no run is refused by every command, and left as it was`(
    command: [String]
  ) async throws {
    try await Workplace.with { place in
      try place.write("this is no run\n", to: "garbage.godwit")
      try place.write("", to: "empty.godwit")
      try place.write("x", to: "byte.godwit")
      let reset = try await place.godwit("simulator", "reset", "--world", "w.db", "--projects", "1")
      expect(reset, endsWith: 0)
      let cases = [
        ("missing", "there is no such run"), ("garbage.godwit", "not a run file"),
        ("empty.godwit", "this is not a run file"), ("byte.godwit", "this is not a run file"),
        (".", "a folder"), ("w.db", "not a run file"),
      ]
      let before = try place.allFiles().map(\.bytes)
      for (file, words) in cases {
        let finished = try await type(command, file, in: place)
        expectRefusal(finished, saying: [file, words])
      }
      #expect(try place.allFiles().map(\.bytes) == before)
    }
  }

  @Test(arguments: commands)
  func `a run of a newer version is refused by every command`(command: [String]) async throws {
    try await Atlas.with(projects: 2) { place, _ in
      try await place.planMove("a.godwit")
      // SQLite keeps `user_version` in the four bytes from 60 on.
      let file = place.folder.appending(path: "a.godwit")
      var bytes = try Data(contentsOf: file)
      bytes.replaceSubrange(60..<64, with: [0, 0, 0x7F, 0xFF])
      try bytes.write(to: file)
      let finished = try await type(command, "a.godwit", in: place)
      expectRefusal(finished, saying: ["a.godwit", "newer"])
    }
  }

  @Test func `a plan that was tampered with is not applied`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      try await place.planMove("a.godwit")
      let file = place.folder.appending(path: "a.godwit")
      var bytes = try Data(contentsOf: file)
      // The body of some operation now goes to another region of the same length.
      let planned = Data("\"region\":\"EU\"".utf8)
      var position = bytes.startIndex
      var edits = 0
      while let range = bytes[position...].range(of: planned) {
        bytes.replaceSubrange(range, with: Data("\"region\":\"US\"".utf8))
        position = range.upperBound
        edits += 1
      }
      #expect(edits > 0)
      try bytes.write(to: file)
      let apply = try await place.godwit("apply", "a.godwit", "--yes")
      #expect(apply.status == 1, "\(apply)")
      #expect(try atlas.writesMade().isEmpty)
    }
  }
}
