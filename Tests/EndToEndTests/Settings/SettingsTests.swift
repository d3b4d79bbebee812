import Foundation
import GodwitCore
import Testing

@testable import godwit

/// What variables and files add to a command line.
@Suite struct SettingsTests {
  /// The arguments that settings add, in a folder of its own with these files.
  private func added(
    to typed: [String],
    variables: [String: String] = [:],
    files: [String: String] = [:]
  ) throws -> [String] {
    let folder = NSTemporaryDirectory() + "godwit-settings-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files {
      let file = URL(filePath: folder).appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: file)
    }
    var environment = variables
    environment["HOME"] = folder
    environment["XDG_CONFIG_HOME"] = folder + "/config"
    let program = try #require(CommandShape(of: Godwit.self))
    let typed = typed.map { $0.replacing("FOLDER", with: folder) }
    return try Settings(environment: environment, program: program)
      .additions(to: typed).flatMap(\.arguments)
  }

  private let script = "FOLDER/s.lua"
  #if os(macOS)
    private let own = "Library/Application Support/godwit/godwit.toml"
  #else
    private let own = "config/godwit/godwit.toml"
  #endif

  @Test func `typed beats variable beats file beside the script beats the user's own`() throws {
    let files = [
      "godwit.toml": "limit = 2\nparallelism = 2\nexpires = '2h'", own: "limit = 1\nout = 'x'",
    ]
    let all = try added(to: ["plan", script], files: files)
    #expect(all == ["--expires=2h", "--limit=2", "--parallelism=2", "--out=x"])
    let variables = ["GODWIT_LIMIT": "3", "GODWIT_PARALLELISM": ""]
    let more = try added(to: ["plan", script], variables: variables, files: files)
    #expect(more == ["--limit=3", "--expires=2h", "--parallelism=2", "--out=x"])
    let typed = try added(
      to: ["plan", "-j", "9", script, "--limit=4"],
      variables: variables,
      files: files
    )
    #expect(typed == ["--expires=2h", "--out=x"])
  }

  @Test(arguments: [
    ("true", ["--allow-unknown-fields"]), ("1", ["--allow-unknown-fields"]), ("no", []),
  ])
  func `a flag is true or false`(value: String, expected: [String]) throws {
    let variables = ["GODWIT_ALLOW_UNKNOWN_FIELDS": value]
    #expect(try added(to: ["plan", script], variables: variables) == expected)
  }

  @Test func `false in a strong place beats true in a weak one`() throws {
    let added = try added(
      to: ["plan", script],
      variables: ["GODWIT_REWRITE_SECRETS": "false"],
      files: ["godwit.toml": "rewrite-secrets = true"]
    )
    #expect(added.isEmpty)
  }

  @Test func `repeatable options are lines of a variable, lists and tables of a file`() throws {
    let lines = try added(to: ["plan", script], variables: ["GODWIT_PROJECT": "a\nb c\n"])
    #expect(lines == ["--project=a", "--project=b c"])
    let list = try added(
      to: ["plan", script],
      files: ["godwit.toml": "has = ['SLACK', 'WEBHOOK']"]
    )
    #expect(list == ["--has=SLACK", "--has=WEBHOOK"])
    let table = try added(
      to: ["plan", script, "--secret", "b=env:TYPED", "--escrow=WEBHOOK.secret=env:E"],
      variables: ["GODWIT_SECRET": "c=env:VARIABLE"],
      files: [
        "godwit.toml": """
        [secret]
        a = "env:A"
        b = "env:B"
        c = "env:C"
        [escrow]
        "DATADOG.apiKey" = "env:D"
        "WEBHOOK.secret" = "env:F"
        """
      ]
    )
    #expect(
      table == [
        "--preset-secret=c=env:VARIABLE", "--escrow=DATADOG.apiKey=env:D",
        "--preset-secret=a=env:A",
      ]
    )
  }

  @Test func `a command takes what it knows, and a run what it does not know already`() throws {
    let files = [
      own: """
      limit = 1
      base-url = "https://x.example"
      simulator = false
      max-failures = "3"
      no-color = true
      """
    ]
    #expect(try added(to: ["runs"], files: files) == ["--no-color"])
    #expect(try added(to: ["runs", "copy", "a", "b"], files: files) == ["--no-color"])
    let resume = try added(to: ["resume", "move.godwit"], files: files)
    #expect(resume == ["--max-failures=3", "--no-color"])
    #expect(try added(to: ["apply", "move.godwit"], files: files) == resume)
    // The same word means something else where a run is looked at.
    let projects = [own: "project = ['payments-*']"]
    #expect(try added(to: ["show", "move.godwit"], files: projects).isEmpty)
    #expect(try added(to: ["plan", script], files: projects) == ["--project=payments-*"])
    let apply = try added(to: ["apply", script], files: files)
    #expect(apply.contains("--limit=1") && apply.contains("--base-url=https://x.example"))
  }

  @Test func `what is chosen strongly is not contradicted by a weak place`() throws {
    let simulator = ["godwit.toml": "simulator = true\nworld = 'w.db'"]
    let typed = ["plan", script, "--base-url", "https://x.example"]
    #expect(try added(to: typed, files: simulator).isEmpty)
    let profile = [own: "profile = 'prod'"]
    #expect(try added(to: ["plan", script], files: profile) == ["--profile=prod"])
    #expect(try added(to: ["plan", script, "--simulator"], files: profile).isEmpty)
    let variables = ["MONGODB_ATLAS_ACCESS_TOKEN": "t"]
    #expect(try added(to: ["plan", script], variables: variables, files: profile).isEmpty)
    let url = [own: "base-url = 'https://x.example'"]
    let other = ["MONGODB_ATLAS_BASE_URL": "https://y.example"]
    #expect(try added(to: ["plan", script], variables: other, files: url).isEmpty)
  }

  @Test(arguments: [
    ("limti = 1", "did you mean \"limit\"?"), ("yes = true", "type --yes"),
    ("accept-irreversible = true", "type --accept-irreversible"),
    ("base-url = 'https://x.example'", "where credentials go"),
    ("profile = 'prod'", "where credentials go"), ("limit = [1, 2]", "limit takes one value"),
    ("simulator = 'perhaps'", "simulator takes true or false"), ("limit =", "line 1: not TOML"),
    ("limit = 1979-05-27", "limit is neither"), ("preset-secret = 'a=b'", "unknown key"),
  ])
  func `a key that is not understood is told by name`(text: String, words: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try added(to: ["plan", script], files: ["godwit.toml": text])
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.description.contains("godwit.toml") == true)
  }

  @Test(arguments: [
    ("GODWIT_LIMTI", "did you mean GODWIT_LIMIT?"), ("GODWIT_YES", "--yes has no variable"),
    ("GODWIT_ACCEPT_EXPIRED", "--accept-expired has no variable"),
    ("GODWIT_COMPLETELY_ELSE", "unknown variable GODWIT_COMPLETELY_ELSE"),
  ])
  func `a variable that is not understood is told by name`(name: String, words: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try added(to: ["plan", script], variables: [name: "1"])
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `help is given whatever the settings are`() throws {
    let files = ["godwit.toml": "nonsense = 1"]
    #expect(try added(to: ["plan", script, "--help"], files: files).isEmpty)
  }
}
