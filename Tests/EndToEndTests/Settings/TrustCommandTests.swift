import Foundation
import Testing

/// `godwit trust`, and what happens without it.
@Suite struct TrustCommandTests {
  private static let hostile = "[secret]\napiKey = 'cmd:touch ran; printenv DATADOG_KEY'\n"

  @Test func `a command beside a script runs only once the file is trusted, and as it was`()
    async throws
  {
    try await Atlas.with(projects: 4) { place, atlas in
      try place.write(Self.hostile, to: "godwit.toml")
      let refused = try await place.godwit("plan", "move.lua")
      expectRefusal(
        refused,
        saying: [
          "godwit.toml, line 2: secret.apiKey = \"cmd:touch ran; printenv DATADOG_KEY\" runs a command",
          "you have not trusted this file", "`godwit trust`", "--secret apiKey=REF",
        ]
      )
      #expect(!place.exists("ran") && !place.exists(".godwit"))
      #expect(try atlas.requests().isEmpty)
      let trust = try await place.godwit("trust")
      expect(trust, endsWith: 0)
      #expect(!place.exists("ran"))
      #expect(trust.text.contains("line 2: secret.apiKey = \"cmd:touch ran;"), "\(trust)")
      #expect(trust.text.hasSuffix("  godwit trust --revoke\n"), "\(trust)")
      expect(try await place.godwit("plan", "move.lua", "--out", "a.godwit"), endsWith: 0)
      #expect(place.exists("ran"))
      try place.write(Self.hostile + "limit = 1\n", to: "godwit.toml")
      let words = ["line 2", "it has changed since you trusted it", "`godwit trust`"]
      expectRefusal(try await place.godwit("plan", "move.lua"), saying: words)
      expectRefusal(try await place.godwit("apply", "a.godwit", "--yes"), saying: words)
      #expect(try atlas.writesMade().isEmpty)
    }
  }

  @Test func `trust is listed, taken back, and printed as JSON`() async throws {
    try await Workplace.with { place in
      try place.write(Self.hostile, to: "godwit.toml")
      let empty = try await place.godwit("trust", "--list")
      #expect(empty.text == "You trust no files.\n")
      let trust = try await place.godwit("trust", ".", "-o", "json")
      expect(trust, endsWith: 0)
      #expect(trust.text.contains(#""effect":"runs a command""#), "\(trust)")
      #expect(try await place.godwit("trust", "--list").text.hasPrefix("trusted  /"))
      try place.write("", to: "godwit.toml")
      #expect(try await place.godwit("trust", "--list").text.hasPrefix("changed  /"))
      try FileManager.default.removeItem(at: place.folder.appending(path: "godwit.toml"))
      let list = try await place.godwit("trust", "--list", "-o", "json")
      #expect(list.text.contains(#""state":"missing""#), "\(list)")
      expect(try await place.godwit("trust", "--revoke"), endsWith: 0)
      #expect(try await place.godwit("trust", "--list").text == "You trust no files.\n")
      expectRefusal(
        try await place.godwit("trust", "--revoke"),
        saying: ["godwit.toml is not a file that you trust"]
      )
    }
  }

  @Test func `what cannot be trusted is said, and nothing is stored`() async throws {
    try await Workplace.with { place in
      expectRefusal(try await place.godwit("trust"), saying: ["there is no file godwit.toml"])
      try place.write("limti = 1", to: "godwit.toml")
      expectRefusal(try await place.godwit("trust"), saying: ["did you mean \"limit\"?"])
      try place.write("yes = true", to: "godwit.toml")
      expectRefusal(try await place.godwit("trust"), saying: ["yes cannot be set", "type --yes"])
      try place.write("limit = 1", to: "other.toml")
      expectRefusal(
        try await place.godwit("trust", "other.toml"),
        saying: ["other.toml is not called godwit.toml"]
      )
      let both = try await place.godwit("trust", "--list", "--revoke")
      expectRefusal(both, saying: ["--list lists all files"], status: 64)
      try place.write("limit = 1", to: "godwit.toml")
      expectRefusal(
        try await place.godwit("trust", environment: ["HOME": ""]),
        saying: ["set HOME or XDG_CONFIG_HOME"]
      )
      #expect(try await place.godwit("trust", "--list").text == "You trust no files.\n")
    }
  }

  @Test func `files are trusted at once by many`() async throws {
    try await Workplace.with { place in
      let names = (1...6).map { "f\($0)" }
      for name in names {
        try FileManager.default.createDirectory(
          at: place.folder.appending(path: name),
          withIntermediateDirectories: true
        )
        try place.write("limit = 1", to: "\(name)/godwit.toml")
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask { expect(try await place.godwit("trust", name), endsWith: 0) }
        }
        try await group.waitForAll()
      }
      let list = try await place.godwit("trust", "--list").text
      #expect(list.split(separator: "\n").count == names.count, "\(list)")
    }
  }
}
