import Foundation
import Testing

/// The folder `.godwit` where somebody else has had a hand in it.
@Suite struct RunFolderTests {
  private func plan(_ place: Workplace) async throws -> Finished {
    try await place.godwit("plan", "move.lua", "--simulator", "--secret", "apiKey=fake:hex32")
  }

  private func make(_ name: String, mode: Int = 0o700, _ place: Workplace) throws {
    let folder = place.folder.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
  }

  @Test(arguments: [".godwit", ".godwit/runs"])
  func `a link in the place of a folder is refused`(name: String) async throws {
    try await Workplace.with { place in
      try make("elsewhere/runs", place)
      if name != ".godwit" { try make(".godwit", place) }
      try FileManager.default.createSymbolicLink(
        atPath: place.folder.appending(path: name).path,
        withDestinationPath: place.folder.appending(path: "elsewhere").path
      )
      let refused = try await plan(place)
      expectRefusal(refused, saying: [name, "is a link"])
      #expect(try place.files(in: "elsewhere") == ["runs"])
      expectRefusal(try await place.godwit("runs"), saying: [name, "is a link"])
    }
  }

  @Test func `a file in the place of the folder is refused`() async throws {
    try await Workplace.with { place in
      try place.write("", to: ".godwit")
      expectRefusal(try await plan(place), saying: [".godwit", "is not a folder"])
    }
  }

  @Test(arguments: [0o755, 0o777, 0o770])
  func `folders that are open to others are closed, and that is said`(mode: Int) async throws {
    try await Workplace.with { place in
      try make(".godwit/runs", mode: mode, place)
      try make(".godwit", mode: mode, place)
      let plan = try await plan(place)
      expect(plan, endsWith: 0)
      #expect(plan.errors.contains("mode \(String(mode, radix: 8))"), "\(plan)")
      #expect(try place.mode(of: ".godwit") == 0o700)
      #expect(try place.mode(of: ".godwit/runs") == 0o700)
      #expect(try await !self.plan(place).errors.contains("open to others"))
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func `the folder of another user is refused`() async throws {
    try await Workplace.with { place in
      try make(".godwit/runs", place)
      #expect(chown(place.folder.appending(path: ".godwit").path, 65_534, 65_534) == 0)
      expectRefusal(try await plan(place), saying: [".godwit", "belongs to nobody"])
    }
  }

  @Test(arguments: ["", "# nothing\n", "*\n!runs\n", "*.db\n"])
  func `a .gitignore that lets something through is mended`(text: String) async throws {
    try await Workplace.with { place in
      try make(".godwit", place)
      try place.write(text, to: ".godwit/.gitignore")
      let plan = try await plan(place)
      expect(plan, endsWith: 0)
      #expect(plan.errors.contains(".gitignore"), "\(plan)")
      let file = place.folder.appending(path: ".godwit/.gitignore")
      #expect(try String(contentsOf: file, encoding: .utf8) == "*\n")
    }
  }

  @Test func `a .gitignore that is missing or a link is made, and nothing is written through it`()
    async throws
  {
    try await Workplace.with { place in
      try make(".godwit", place)
      expect(try await plan(place), endsWith: 0)
      let file = place.folder.appending(path: ".godwit/.gitignore")
      #expect(try String(contentsOf: file, encoding: .utf8) == "*\n")
      try place.write("mine", to: "other")
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "../other")
      expect(try await plan(place), endsWith: 0)
      let other = place.folder.appending(path: "other")
      #expect(try String(contentsOf: other, encoding: .utf8) == "mine")
      #expect(try String(contentsOf: file, encoding: .utf8) == "*\n")
    }
  }

  @Test func `a world is its owner's alone, and no link`() async throws {
    try await Workplace.with { place in
      expect(try await plan(place), endsWith: 0)
      let world = place.folder.appending(path: ".godwit/simulator.db").path
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: world)
      expect(try await plan(place), endsWith: 0)
      #expect(try place.mode(of: ".godwit/simulator.db") == 0o600)
      try FileManager.default.moveItem(atPath: world, toPath: world + ".moved")
      try FileManager.default.createSymbolicLink(
        atPath: world,
        withDestinationPath: "simulator.db.moved"
      )
      expectRefusal(try await plan(place), saying: ["simulator.db", "it is a link"])
    }
  }

  @Test func `an odd umask leaves a run that its owner can read`() async throws {
    try await Workplace.with { place in
      let shell = try await GodwitProcess(
        "/bin/sh",
        [
          "-c",
          "umask 0777; exec '\(Workplace.binary)' plan move.lua --simulator"
            + " --secret apiKey=fake:hex32 --out a.godwit",
        ],
        environment: place.environment,
        folder: place.folder,
        captures: place.captures,
        input: .nothing,
        output: .kept,
        errorOutput: nil
      ).finished()
      #expect(!place.exists("a.godwit") || shell.status == 0, "\(shell)")
      if place.exists("a.godwit") { #expect(try place.mode(of: "a.godwit") == 0o600) }
    }
  }
}
