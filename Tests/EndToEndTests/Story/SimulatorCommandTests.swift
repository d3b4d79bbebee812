import Foundation
import Testing

/// `godwit simulator`: served in one terminal, used from another.
@Suite struct SimulatorCommandTests {
  /// The variables that a simulator prints for the other terminal.
  private func exports(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("export ") {
      let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
      result[String(parts[0])] = String(parts[1])
    }
    return result
  }

  @Test func `it is used like Atlas by what it prints, and Ctrl-C ends it`() async throws {
    try await Workplace.with { place in
      let simulator = try place.start([
        "simulator", "--world", "w.db", "--projects", "12", "--seed", "3", "--latency", "1ms",
        "--request-log", "log.jsonl",
      ])
      #expect(try await eventually { simulator.outputSoFar.contains("An access token") })
      let environment = exports(simulator.outputSoFar)
      #expect(environment.count == 3)
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=file:key",
        "--out",
        "a.godwit",
        environment: environment
      )
      expectRefusal(plan, saying: ["there is no file key"])
      try place.write(Scripts.datadogKey, to: "key")
      let words = ["move.lua", "--secret", "apiKey=file:key", "--yes"]
      let apply = try await place.start(["apply"] + words, environment: environment).finished()
      expect(apply, endsWith: 0)
      #expect(apply.text.contains("12 selected"))
      simulator.send(SIGINT)
      expect(try await simulator.finished(), endsWith: 0)
      #expect(try place.mode(of: "w.db") == 0o600)
      #expect(!place.exists("w.db-wal"))
      let log = try String(contentsOf: place.folder.appending(path: "log.jsonl"), encoding: .utf8)
      #expect(log.contains("\"mutation\":\"made\"") && !log.contains(Scripts.datadogKey))
    }
  }

  @Test(arguments: [
    (["--fail-rate", "2"], "fail rate", Int32(1)), (["--port", "99999"], "port", 1),
    (["--world", "no/such/w.db"], "no/such/w.db", 1), (["--world", "move.lua"], "move.lua", 1),
    (["--latency", "slow"], "--latency", 64), (["--latency", "nan"], "--latency", 64),
    (["--latency", "infs"], "--latency", 64), (["--latency", "1e30s"], "--latency", 64),
    (["--seed", "-1"], "--seed", 64), (["--projects", "-5"], "projects", 64),
    (["--projects=-5"], "projects", 1),
  ])
  func `a setting that makes no sense is named`(
    arguments: [String],
    words: String,
    status: Int32
  ) async throws {
    try await Workplace.with { place in
      let finished = try await place.start(["simulator"] + arguments).finished()
      expectRefusal(finished, saying: [words], status: status)
    }
  }

  @Test func `a world that is no world is refused, and left as it was`() async throws {
    try await Workplace.with { place in
      let secret = ["--secret", "apiKey=fake:hex32"]
      for command in [
        ["plan", "move.lua", "--world", "move.lua"] + secret,
        ["simulator", "reset", "--world", "move.lua"],
      ] {
        expectRefusal(try await place.start(command).finished(), saying: ["move.lua"])
      }
      #expect(
        try place.allFiles().first { $0.name == "move.lua" }?.bytes
          == Array(try Scripts.move().utf8)
      )
    }
  }

  @Test func `--world lasts between commands and needs no --simulator`() async throws {
    try await Workplace.with { place in
      let reset = try await place.godwit(
        "simulator",
        "reset",
        "--world",
        "w.db",
        "--projects",
        "7",
        "--seed",
        "9"
      )
      expect(reset, endsWith: 0)
      let words = ["--world", "w.db", "--secret", "apiKey=fake:hex32"]
      let plan = try await place.start(["plan", "move.lua", "--out", "a.godwit"] + words).finished()
      expect(plan, endsWith: 0)
      #expect(plan.text.contains("7 selected") && plan.errors.isEmpty)
      expect(try await place.godwit("apply", "a.godwit", "--yes"), endsWith: 0)
      let again = try await place.start(["plan", "move.lua", "--detailed-exitcode"] + words)
        .finished()
      expect(again, endsWith: 0)
    }
  }
}
