import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Secrets are planted, commands are run, and all that is left or printed is searched for them.
@Suite struct PlantedSecretTests {
  /// Plans, applies and prints with the key from a reference; the runs' files are searched.
  private func rehearse(_ place: Workplace, _ atlas: Atlas, secret: String) async throws {
    for format in ["text", "json"] {
      let file = "\(format).godwit"
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        secret,
        "--out",
        file,
        "-o",
        format,
        "--log-format",
        format
      )
      expect(plan, endsWith: 0)
      try await place.printEverything(of: file)
    }
    let apply = try await place.godwit("apply", "text.godwit", "--yes", "-o", "json")
    expect(apply, endsWith: 0)
    try await place.printEverything(of: "text.godwit")
    expect(try await place.godwit("resume", "text.godwit", "--yes"), endsWith: 0)
    // The other plan is behind: every project of it is at the image after already.
    expect(try await place.godwit("apply", "json.godwit", "--yes"), endsWith: 0)
    expect(try await place.godwit("runs", "copy", "text.godwit", "copy.godwit"), endsWith: 0)
  }

  @Test(arguments: ["env:DATADOG_KEY", "file:key.txt"])
  func `nothing of a run that goes well holds a secret`(reference: String) async throws {
    try await Atlas.with(projects: 30) { place, atlas in
      try place.write(Scripts.datadogKey + "\n", to: "key.txt")
      var search = SecretSearch()
      search.add("the new key", Scripts.datadogKey)
      try search.add(atlas)
      #expect(search.count > 40)
      try await rehearse(place, atlas, secret: "apiKey=\(reference)")
      try search.expectNothing(leftIn: place, except: ["key.txt"])
    }
  }

  @Test func `nothing of a run that Atlas refuses holds a secret`() async throws {
    try await Atlas.with(projects: 20) { place, atlas in
      var place = place
      // Longer than any key: planning cannot know, Atlas refuses it and may repeat it while it does.
      let malformed = "planted-and-malformed-\(UUID().uuidString)"
      place.environment["KEY"] = malformed + String(repeating: "0", count: 600)
      var search = SecretSearch()
      search.add("the malformed key", malformed)
      try search.add(atlas)
      try place.write(Scripts.setOpsGenie, to: "genie.lua")
      let plan = try await place.godwit(
        "plan",
        "genie.lua",
        "--secret",
        "key=env:KEY",
        "--out",
        "move.godwit"
      )
      expect(plan, endsWith: 0)
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expect(apply, endsWith: 3)
      try await place.printEverything(of: "move.godwit")
      let retry = try await place.godwit(
        "resume",
        "move.godwit",
        "--yes",
        "--retry",
        "failed",
        "-o",
        "json"
      )
      expect(retry, endsWith: 3)
      #expect(try await place.document().totals.failed > 3)
      #expect(try atlas.writesMade().isEmpty)
      try search.expectNothing(leftIn: place)
    }
  }

  @Test func `nothing of a plan that refuses a key holds it`() async throws {
    try await Atlas.with(projects: 20) { place, atlas in
      let malformed = "planted-and-malformed-\(UUID().uuidString)"
      var search = SecretSearch()
      search.add("the malformed key", malformed)
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=env:DATADOG_KEY",
        "--out",
        "move.godwit",
        environment: ["DATADOG_KEY": malformed]
      )
      expect(plan, endsWith: 3)
      try await place.printEverything(of: "move.godwit")
      #expect(try await place.document().totals.failed > 3)
      #expect(try atlas.writesMade().isEmpty)
      try search.expectNothing(leftIn: place)
    }
  }

  @Test func `nothing of a run among faults holds a secret`() async throws {
    try await Atlas.with(projects: 16, { $0.failRate = 0.25 }) { place, atlas in
      var search = SecretSearch()
      search.add("the new key", Scripts.datadogKey)
      try search.add(atlas)
      let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out", "a.godwit"]
      _ = try await place.start(words).finished()
      _ = try await place.godwit("apply", "a.godwit", "--yes", "--settle", "0s")
      try await place.printEverything(of: "a.godwit")
      try search.expectNothing(leftIn: place)
    }
  }

  @Test func `a script that prints all it can get prints no secret`() async throws {
    try await Atlas.with(projects: 20) { place, atlas in
      var search = SecretSearch()
      search.add("the new key", Scripts.datadogKey)
      try search.add(atlas)
      try place.write(Scripts.chatty, to: "chatty.lua")
      let plan = try await place.godwit(
        "plan",
        "chatty.lua",
        "--secret",
        "key=env:DATADOG_KEY",
        "--out",
        "a.godwit"
      )
      expect(plan, endsWith: 3)
      #expect(plan.text.contains("<secret key>"))
      try await place.printEverything(of: "a.godwit")
      try search.expectNothing(leftIn: place)
    }
  }

  @Test func `a wrong private key is not repeated`() async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let wrong = "planted-private-key-\(UUID().uuidString)"
      var search = SecretSearch()
      search.add("the wrong private key", wrong)
      search.add("the new key", Scripts.datadogKey)
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=env:DATADOG_KEY",
        environment: ["MONGODB_ATLAS_PRIVATE_API_KEY": wrong]
      )
      expect(plan, endsWith: 1)
      try search.expectNothing(leftIn: place)
    }
  }
}
