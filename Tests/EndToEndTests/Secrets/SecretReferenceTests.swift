import AtlasSimulator
import Foundation
import GodwitCore
import Testing

@testable import godwit

/// Secrets from commands, and secrets that each project has its own value of.
@Suite struct SecretReferenceTests {
  private let key = Scripts.datadogKey

  /// Projects of the world that the shipped move would change, with names and new keys.
  private func estate(_ atlas: Atlas, _ place: Workplace) async throws -> [RunDocument.Project] {
    let plan = try await place.godwit(
      "plan",
      "move.lua",
      "--secret",
      "apiKey=env:DATADOG_KEY",
      "-o",
      "json"
    )
    return try plan.document().projects.filter { $0.outcome == "changed" }
  }

  private func newKey(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return "5ec2e7" + String(repeating: "0", count: 22 - digits.count) + digits + "77e0"
  }

  private func table(_ rows: [(String, String)]) -> String {
    "project,owner,apiKey\n" + rows.map { "\($0.0),somebody,\($0.1)\n" }.joined()
  }

  // MARK: - Commands

  @Test func `a command is run once a process, and apply repeats it`() async throws {
    try await Atlas.with(projects: 10) { place, atlas in
      let reference = "apiKey=cmd:echo run >> runs.txt; printf '%s\\n' \"$DATADOG_KEY\""
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        reference,
        "--out",
        "move.godwit"
      )
      expect(plan, endsWith: 0)
      let line = try #require(plan.text.split(separator: "\n").last)
      #expect(line.contains("godwit apply move.godwit --secret 'apiKey=cmd:echo run"))
      func runs() throws -> Int {
        let file = place.folder.appending(path: "runs.txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count
      }
      #expect(try runs() == 1)
      let bare = try await place.godwit("apply", "move.godwit", "--yes")
      expectRefusal(bare, saying: ["not taken out of a run file", "--secret 'apiKey=cmd:echo"])
      #expect(try runs() == 1)
      #expect(try atlas.writesMade().isEmpty)
      let apply = try await place.godwit("apply", "move.godwit", "--yes", "--secret", reference)
      expect(apply, endsWith: 0)
      #expect(try runs() == 2)
      #expect(try !atlas.writesMade().isEmpty)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }

  @Test func `a command of a trusted godwit toml serves plan and apply`() async throws {
    try await Atlas.with(projects: 6) { place, _ in
      try place.write("[secret]\napiKey = 'cmd:printenv DATADOG_KEY'", to: "godwit.toml")
      expect(try await place.godwit("trust"), endsWith: 0)
      expect(try await place.godwit("plan", "move.lua", "--out", "move.godwit"), endsWith: 0)
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 0)
    }
  }

  @Test(arguments: [
    ("exit 3", "ended with exit code 3"), ("kill -9 $$", "ended with signal 9"),
    ("true", "is empty"),
    ("no-such-program-anywhere", "ended with exit code 127"), ("cat", "is empty"),
    ("head -c 2000000 /dev/zero", "prints more than 1 MiB"),
    ("echo hush-hush; exit 1", "ended with exit code 1"),
  ])
  func `a command that gives no secret is an error that shows none`(
    command: String,
    words: String
  ) async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      let plan = try await place.godwit("plan", "move.lua", "--secret", "apiKey=cmd:\(command)")
      expectRefusal(plan, saying: ["secret apiKey", words])
      #expect(!plan.errors.replacing(command, with: "").contains("hush"))
      #expect(try atlas.requests().isEmpty)
    }
  }

  /// What is wrong with a value, where it is, and what is said of it.
  static let defects: [(reference: String, value: String, words: String)] = [
    ("env:K", "****abcd", "has the look of a mask"),
    ("env:K", "c0ffee5ec2e7d00dfeedfacecafe0bad\n", "begins or ends with a line end"),
    ("env:K", " c0ffee5ec2e7d00dfeedfacecafe0bad", "begins or ends with a blank"),
    ("env:K", "c0ffee5ec2e7d00d\u{7}feedfacecafe0bad", "control character"),
    ("file:k.txt", "c0ffee5ec2e7d00dfeedfacecafe0bad\n\n", "begins or ends with a line end"),
    ("cmd:cat k.txt", "c0ffee5ec2e7d00dfeedfacecafe0bad\n\n", "begins or ends with a line end"),
  ]

  @Test(arguments: defects.indices)
  func `a value that can be no secret is refused before anything is read`(
    index: Int
  ) async throws {
    let (reference, value, words) = Self.defects[index]
    try await Atlas.with(projects: 1) { place, atlas in
      try place.write(value, to: "k.txt")
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=\(reference)",
        environment: ["K": value]
      )
      expectRefusal(plan, saying: ["secret apiKey", words])
      #expect(!plan.errors.contains("0bad") && !plan.errors.contains("abcd"))
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `a file without an end is read no further than a secret is long`() async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      let plan = try await place.godwit("plan", "move.lua", "--secret", "apiKey=file:/dev/zero")
      expectRefusal(plan, saying: ["secret apiKey: /dev/zero has more than 1 MiB"])
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `a key that Atlas would refuse fails the projects that would send it`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=env:K",
        environment: ["K": "hunter2-hunter2"]
      )
      expect(plan, endsWith: 3)
      #expect(plan.text.contains("DATADOG.apiKey takes 32 hexadecimal digits"), "\(plan)")
      #expect(plan.text.contains("move.lua:"), "\(plan)")
      #expect(!plan.text.contains("To apply exactly this"), "\(plan)")
      #expect(!plan.text.contains("hunter2"))
      #expect(try atlas.writesMade().isEmpty)
    }
  }

  @Test func `of a table only the project of a bad value fails`() async throws {
    try await Atlas.with(projects: 24) { place, atlas in
      let projects = try await estate(atlas, place)
      let rows = projects.enumerated().map { number, project in
        (project.id, [0: "****abcd", 1: "no-key-at-all"][number] ?? newKey(number))
      }
      try place.write(table(rows), to: "keys.csv")
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=csv:keys.csv#apiKey",
        "-o",
        "json"
      )
      let planned = try plan.document().projects
      let failed = planned.filter { $0.outcome == "failed" }
      #expect(Set(failed.map(\.id)) == Set(projects.prefix(2).map(\.id)))
      #expect(failed.contains { $0.reason?.contains("has the look of a mask") == true })
      #expect(failed.contains { $0.reason?.contains("takes 32 hexadecimal digits") == true })
      #expect(planned.count { $0.outcome == "changed" } == projects.count - 2)
    }
  }

  @Test func `a command that hangs is ended with all that it started`() async throws {
    // Whoever lives holds an end of the pipe; when all are gone it is at its end.
    let path = NSTemporaryDirectory() + "godwit-hang-\(UUID().uuidString)"
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(pipe) }
    let command = SecretCommand(
      command: "(sleep 300; true) 3>\(path) & sleep 300",
      limit: .seconds(1)
    )
    let failure = #expect(throws: SecretCommand.Failure.self) { try command.output() }
    #expect(failure?.reason.contains("did not end within") == true)
    var byte: UInt8 = 0
    #expect(try await eventually { read(pipe, &byte, 1) == 0 })
  }

  // MARK: - Tables

  @Test func `each project gets its own key, by id or by name`() async throws {
    try await Atlas.with(projects: 24) { place, atlas in
      let projects = try await estate(atlas, place)
      #expect(projects.count > 3)
      let rows = projects.enumerated().map { number, project in
        (number % 2 == 0 ? project.id : project.name, newKey(number))
      }
      try place.write(table(rows), to: "keys.csv")
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=csv:keys.csv#apiKey",
        "--out",
        "move.godwit"
      )
      expect(plan, endsWith: 0)
      #expect(plan.text.contains("<secret> of each project (csv:keys.csv#apiKey)"))
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expect(apply, endsWith: 0)
      for (number, project) in projects.enumerated() {
        let datadog = try atlas.world.integration(of: project.id, type: "DATADOG")
        #expect(datadog?["apiKey"] == .string(newKey(number)))
        #expect(datadog?["region"] == "EU")
      }
      for (name, bytes) in try place.allFiles() where name != "keys.csv" {
        #expect(!String(decoding: bytes, as: UTF8.self).contains("5ec2e7"), "\(name)")
      }
      for text in [plan.text, plan.errors, apply.text, apply.errors] {
        #expect(!text.contains("5ec2e7"))
      }
    }
  }

  @Test func `a run that was stopped goes on with each project's own key`() async throws {
    try await Atlas.with(projects: 24) { place, atlas in
      let projects = try await estate(atlas, place)
      try place.write(table(projects.enumerated().map { ($1.id, newKey($0)) }), to: "keys.csv")
      let secret = ["--secret", "apiKey=csv:keys.csv#apiKey"]
      let plan = try await place.start(["plan", "move.lua", "--out", "move.godwit"] + secret)
        .finished()
      expect(plan, endsWith: 0)
      // Somebody's change holds one project; its key is needed again later.
      let project = projects[0].id
      let region = try #require(
        try atlas.world.integration(of: project, type: "DATADOG")?["region"]
      )
      try atlas.edit("DATADOG", of: project, ["region": "AP1"])
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 5)
      try atlas.edit("DATADOG", of: project, ["region": region])
      try place.write(table([(project, newKey(0))]), to: "keys.csv")
      let resume = try await place.godwit("resume", "move.godwit", "--yes", "--retry", "held")
      expect(resume, endsWith: 0)
      let datadog = try atlas.world.integration(of: project, type: "DATADOG")
      #expect(datadog?["apiKey"] == .string(newKey(0)))
    }
  }

  @Test func `a project without a row fails alone, and only if it needs one`() async throws {
    try await Atlas.with(projects: 24) { place, atlas in
      let projects = try await estate(atlas, place)
      try place.write(table(projects.dropFirst().map { ($0.id, key) }), to: "keys.csv")
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=csv:keys.csv#apiKey",
        "-o",
        "json"
      )
      expect(plan, endsWith: 3)
      let document = try plan.document()
      let failed = document.projects.filter { $0.outcome == "failed" }
      #expect(failed.map(\.id) == [projects[0].id])
      #expect(failed.first?.reason?.contains("keys.csv has no row for this project") == true)
      #expect(document.projects.contains { $0.outcome == "skipped" })
    }
  }

  @Test func `a key that changed for one project stops apply before the first request`()
    async throws
  {
    try await Atlas.with(projects: 24) { place, atlas in
      let projects = try await estate(atlas, place)
      try place.write(table(projects.enumerated().map { ($1.id, newKey($0)) }), to: "keys.csv")
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--secret",
        "apiKey=csv:keys.csv#apiKey",
        "--out",
        "move.godwit"
      )
      expect(plan, endsWith: 0)
      var rows = projects.enumerated().map { ($1.id, newKey($0)) }
      rows[1].1 = newKey(999)
      try place.write(table(rows), to: "keys.csv")
      let (changed, requests) = try await atlas.requests {
        try await place.godwit("apply", "move.godwit", "--yes")
      }
      expectRefusal(changed, saying: [projects[1].id, "not the one that was planned"])
      #expect(!changed.errors.contains("5ec2e7"))
      #expect(requests.isEmpty)
      try place.write(table(Array(rows.dropFirst())), to: "keys.csv")
      let missing = try await place.godwit("apply", "move.godwit", "--yes")
      expectRefusal(missing, saying: [projects[0].id, "no row for this project"])
      let one = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--secret",
        "apiKey=env:DATADOG_KEY"
      )
      expectRefusal(one, saying: ["not the one that was planned"])
      #expect(try atlas.writesMade().isEmpty)
    }
  }

  @Test func `one row for two projects of one name is nobody's`() async throws {
    let first = Project(id: ProjectID("a1"), name: "same", organization: OrganizationID("o"))
    let second = Project(id: ProjectID("a2"), name: "same", organization: OrganizationID("p"))
    let text = Array("project,key\nsame,one\na2,two\n".utf8)
    let table = try ProjectSecretTable(text, file: "k.csv", column: "key", name: "s")
    table.note([first])
    #expect(throws: Never.self) { try table.value(for: first, of: "s") }
    table.note([second])
    let shared = #expect(throws: Diagnostic.self) { try table.value(for: first, of: "s") }
    #expect(shared?.line.contains("several projects of this name") == true)
    let twice = #expect(throws: Diagnostic.self) { try table.value(for: second, of: "s") }
    #expect(twice?.line.contains("twice, by id and by name") == true)
  }

  @Test(arguments: [
    ("keys.csv#nothing", "no column \"nothing\""), ("keys.csv#aipKey", "did you mean \"apiKey\"?"),
    ("keys.csv#project", "no column \"project\" behind its first"), ("keys.csv", "FILE#COLUMN"),
    ("keys.csv#", "FILE#COLUMN"), ("gone.csv#apiKey", "no file gone.csv"),
    ("twice.csv#apiKey", "names \"a\" twice"), ("hole.csv#apiKey", "row 2: the first column"),
    ("wide.csv#apiKey", "row 2: 3 cells under 2 columns"), ("open.csv#apiKey", "others can read"),
    ("latin.csv#apiKey", "not UTF-8"),
  ])
  func `a table that cannot be used is refused without a value`(
    reference: String,
    words: String
  ) async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      try place.write("project,apiKey\na,hush\n", to: "keys.csv")
      try place.write("project,apiKey\na,hush\na,hush\n", to: "twice.csv")
      try place.write("project,apiKey\n,hush\n", to: "hole.csv")
      try place.write("project,apiKey\na,hush,hush\n", to: "wide.csv")
      try place.write("project,apiKey\na,hush\n", to: "open.csv", mode: 0o644)
      try Data([0x70, 0x2C, 0xE4, 0x0A]).write(to: place.folder.appending(path: "latin.csv"))
      let latin = place.folder.appending(path: "latin.csv").path
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: latin)
      let plan = try await place.godwit("plan", "move.lua", "--secret", "apiKey=csv:\(reference)")
      expectRefusal(plan, saying: [words])
      #expect(!plan.errors.contains("hush"))
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `a kept secret is searched for in errors, and is one value`() async throws {
    try await Atlas.with(projects: 2) { place, _ in
      try place.write(Scripts.delete, to: "delete.lua")
      let several = try await place.godwit(
        "plan",
        "delete.lua",
        "--escrow",
        "DATADOG.apiKey=csv:keys.csv#k"
      )
      expectRefusal(several, saying: ["keys.csv"])
      // What stands in the path of every listing is taken for the secret.
      let hidden = try await place.godwit(
        "plan",
        "delete.lua",
        "--escrow",
        "DATADOG.apiKey=env:KEPT",
        environment: ["KEPT": "itemsPerPage", "MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1"]
      )
      expectRefusal(hidden, saying: ["<secret>=500"])
      #expect(!hidden.errors.contains("itemsPerPage"))
    }
  }
}
