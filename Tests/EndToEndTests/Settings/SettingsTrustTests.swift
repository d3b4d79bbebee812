import Foundation
import GodwitCore
import Testing

@testable import godwit

/// What a settings file beside a script may say before the user trusts it, and after.
@Suite struct SettingsTrustTests {
  private static let program = CommandShape(of: Godwit.self)

  /// A script's folder and the user's settings, apart from each other.
  private struct Place {
    let base = NSTemporaryDirectory() + "godwit-trust-\(UUID().uuidString)"
    var folder: String { base + "/scripts" }
    var file: String { folder + "/godwit.toml" }
    var environment: [String: String] {
      ["HOME": base + "/home", "XDG_CONFIG_HOME": base + "/config"]
    }
    var store: TrustStore { TrustStore(environment: environment) }
    var storePath: String {
      get throws {
        try #require(ConfigurationFolders(environment: environment).trustFile)
      }
    }

    static func with(_ body: (Place) throws -> Void) throws {
      let place = Place()
      defer { try? FileManager.default.removeItem(atPath: place.base) }
      for folder in [place.folder, place.base + "/home"] {
        try FileManager.default.createDirectory(
          atPath: folder,
          withIntermediateDirectories: true
        )
      }
      try body(place)
    }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }

    func trust() throws {
      let program = try #require(SettingsTrustTests.program)
      let read = try #require(try SettingsFile.read(file, of: program))
      try store.trust(try #require(read.entry))
    }

    /// The arguments that the file adds to a command; FOLDER stands for the script's folder.
    func added(to words: [String]) throws -> [String] {
      let program = try #require(SettingsTrustTests.program)
      let typed = words.map { $0.replacing("FOLDER", with: folder) }
      return try Settings(environment: environment, program: program).additions(to: typed)
        .flatMap(\.arguments)
    }
  }

  private static let plan = ["plan", "FOLDER/s.lua"]
  private static let serve = ["simulator", "serve", "FOLDER/s.lua"]

  /// What needs trust: the command, the line, the key as shown, and the whole file.
  static let hostile: [(command: [String], line: Int, key: String, text: String)] = [
    (plan, 2, "secret.k", "[secret]\nk = 'cmd:touch /tmp/x'"),
    (plan, 1, "secret.k", "secret = { k = \"cmd:id\" }"),
    (plan, 1, "secret.k", "secret.k = 'cmd:id'"),
    (plan, 1, "secret.k", "secret = ['k=cmd:id']"), (plan, 1, "secret.k", "secret = 'k=cmd:id'"),
    (plan, 3, "secret.k", "# one\n\n'sec\u{72}et'.\"\\u006b\" = '''cmd:\nid'''\nlimit = 1"),
    (plan, 3, "secret.b", "[secret]\na = 'env:A'\nb = 'cmd:id'\nc = 'env:C'"),
    (plan, 1, "secret.k", "secret.k = 'file:/etc/passwd'"),
    (plan, 1, "secret.k", "secret.k = 'file:FOLDER/../x'"),
    (plan, 1, "secret.k", "secret.k = 'file:key'"),
    (plan, 1, "secret.k", "secret.k = 'csv:/etc/passwd#x'"),
    (plan, 1, "secret.k", "secret.k = 'csv:/etc/pass#wd#x'"),
    (plan, 1, "secret.k", "secret.k = 'env:MONGODB_ATLAS_PRIVATE_API_KEY'"),
    (plan, 1, "secret.k", "secret.k = 'env:GODWIT_PLAN_KEY'"),
    (plan, 2, "escrow.DATADOG.apiKey", "[escrow]\n'DATADOG.apiKey' = 'cmd:id'"),
    (plan, 1, "escrow.DATADOG.apiKey", "escrow = ['DATADOG.apiKey=file:/etc/passwd']"),
    (plan, 1, "params-file", "params-file = '/etc/passwd'"),
    (plan, 1, "targets", "targets = '../targets.csv'"), (plan, 1, "out", "out = '/tmp/run.godwit'"),
    (plan, 1, "world", "world = 'file:/tmp/w.db'"),
    (serve, 1, "request-log", "request-log = '/tmp/log'"),
    (serve, 1, "faults", "faults = '/etc/passwd'"),
    (plan, 1, "base-url", "base-url = 'https://x.example'"),
    (plan, 1, "allow-http", "allow-http = true"),
    (plan, 1, "profile", "profile = 'prod'"), (plan, 1, "max-failures", "max-failures = '100%'"),
    (plan, 1, "expires", "expires = '900d'"), (plan, 1, "allow-empty", "allow-empty = true"),
    (plan, 1, "allow-unknown-fields", "allow-unknown-fields = true"),
    (["resume", "a.godwit", "FOLDER/s.lua"], 1, "settle", "settle = '0ms'"),
    (["resume", "a.godwit"], 1, "retry", "retry = 'failed'"),
    (["resolve", "a.godwit"], 1, "as", "as = 'landed'"),
    (["runs", "prune"], 1, "older-than", "older-than = '0s'"),
  ]

  /// Those that a script's folder decides, which a unit test can point at.
  private static var besideScript: [(command: [String], line: Int, key: String, text: String)] {
    hostile.filter { $0.command == plan }
  }

  @Test(arguments: besideScript)
  func `what runs, reads, redirects or weakens is refused until the file is trusted`(
    command: [String],
    line: Int,
    key: String,
    text: String
  ) throws {
    try Place.with { place in
      try place.write(text.replacing("FOLDER", with: place.folder))
      let refusal = #expect(throws: Diagnostic.self) { try place.added(to: command) }
      let summary = refusal?.summary ?? ""
      #expect(summary.hasPrefix("\(place.file), line \(line): \(key)"), "\(summary)")
      #expect(summary.hasSuffix("you have not trusted this file"), "\(summary)")
      let advice = refusal?.advice ?? ""
      #expect(advice.contains("`godwit trust \(place.file)`"), "\(advice)")
      try place.trust()
      #expect(try !place.added(to: command).isEmpty)
      try place.write(text.replacing("FOLDER", with: place.folder) + "\n")
      let changed = #expect(throws: Diagnostic.self) { try place.added(to: command) }
      #expect(changed?.summary.hasSuffix("it has changed since you trusted it") == true)
    }
  }

  @Test(arguments: hostile)
  func `an effect is named, whatever the command is`(
    command: [String],
    line: Int,
    key: String,
    text: String
  ) throws {
    try Place.with { place in
      try place.write(text.replacing("FOLDER", with: place.folder))
      let program = try #require(SettingsTrustTests.program)
      let file = try #require(try SettingsFile.read(place.file, of: program))
      let concerns = SettingsTrust(file, environment: place.environment).concerns
      #expect(concerns.map(\.key) == [key])
      #expect(concerns.map(\.line) == [line])
    }
  }

  @Test func `what only chooses, narrows or stays in the folder needs no trust`() throws {
    try Place.with { place in
      try place.write(
        """
        project = ['a*']
        limit = 3
        parallelism = 4
        max-failures = '5%'
        expires = '2h'
        out = '\(place.folder)/run.godwit'
        targets = '\(place.folder)/./t.csv'
        params-file = '\(place.folder)/p.toml'
        [param]
        to = 'EU'
        [secret]
        a = 'env:A'
        b = 'file:\(place.folder)/key'
        c = 'csv:\(place.folder)/keys.csv#c'
        d = 'fake:hex32'
        """
      )
      #expect(try place.added(to: Self.plan).count == 13)
    }
  }

  @Test func `what is typed, or not taken by the command, needs no trust`() throws {
    try Place.with { place in
      try place.write("max-failures = '100%'\n[secret]\nk = 'cmd:id'")
      let typed = Self.plan + ["--secret", "k=env:K", "--max-failures", "3"]
      #expect(try place.added(to: typed).isEmpty)
      #expect(try place.added(to: ["runs", "list", "FOLDER/s.lua"]).isEmpty)
      #expect(throws: Diagnostic.self) { try place.added(to: Self.plan) }
    }
  }

  @Test func `trust is for one path: neither a copy nor what a link is turned to has it`() throws {
    try Place.with { place in
      try place.write("secret.k = 'cmd:id'")
      try place.trust()
      let other = place.base + "/other"
      try FileManager.default.copyItem(atPath: place.folder, toPath: other)
      #expect(throws: Diagnostic.self) { try place.added(to: ["plan", other + "/s.lua"]) }
      let link = place.base + "/link"
      try FileManager.default.createSymbolicLink(
        atPath: link,
        withDestinationPath: place.folder
      )
      #expect(try place.added(to: ["plan", link + "/s.lua"]).count == 1)
      try FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: other)
      #expect(throws: Diagnostic.self) { try place.added(to: ["plan", link + "/s.lua"]) }
      #expect(try place.store.revoke(try #require(FolderBorder.canonical(place.file))))
      #expect(throws: Diagnostic.self) { try place.added(to: Self.plan) }
    }
  }

  @Test func `the list is closed to others, and is not used where it is not`() throws {
    try Place.with { place in
      try place.write("secret.k = 'cmd:id'")
      try place.trust()
      let list = try place.storePath
      func refused(_ words: String) {
        let error = #expect(throws: Diagnostic.self) { try place.added(to: Self.plan) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      }
      let manager = FileManager.default
      let mode = try manager.attributesOfItem(atPath: list)[.posixPermissions] as? NSNumber
      #expect(mode == 0o600)
      try manager.setAttributes([.posixPermissions: 0o620], ofItemAtPath: list)
      refused("others can use it (mode 620)")
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: list)
      #expect(try place.added(to: Self.plan).count == 1)
      for text in [
        "", "{", "[]", "{\"formatVersion\":2,\"files\":[]}", "{\"formatVersion\":1,\"files\":[1]}",
      ] {
        let handle = try FileHandle(forWritingTo: URL(filePath: list))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        refused("it is damaged")
      }
      try manager.moveItem(atPath: list, toPath: list + ".moved")
      try manager.createSymbolicLink(atPath: list, withDestinationPath: list + ".moved")
      refused("it is a link")
    }
  }

  @Test func `a pipe in the place of a settings file is refused and not waited for`() throws {
    try Place.with { place in
      #expect(mkfifo(place.file, 0o600) == 0)
      let error = #expect(throws: Diagnostic.self) { try place.added(to: Self.plan) }
      #expect(error?.summary.hasSuffix("is not a file") == true)
    }
  }

  @Test func `the user's own file needs no trust, also where it lies beside a script`() throws {
    try Place.with { place in
      let own = try #require(ConfigurationFolders(environment: place.environment).settingsFile)
      let folder = URL(filePath: own).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data("secret.k = 'cmd:id'\nbase-url = 'https://x.example'".utf8).write(
        to: URL(filePath: own)
      )
      #expect(try place.added(to: Self.plan).count == 2)
      #expect(try place.added(to: ["plan", folder.path + "/s.lua"]).count == 2)
    }
  }
}
