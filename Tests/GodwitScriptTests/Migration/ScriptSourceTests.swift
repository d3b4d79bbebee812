import Foundation
import GodwitCore
import GodwitScript
import Testing

@Suite struct ScriptSourceTests {
  /// A folder that is removed when the test ends.
  private final class Folder {
    let url: URL

    init() throws {
      url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
      try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ name: String, _ text: String) throws {
      let file = url.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: file)
    }

    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }
  }

  @Test func `modules come from the folder lib, links left out`() throws {
    let folder = try Folder()
    try folder.write("s/x.lua", "require 'lib.a'")
    try folder.write("s/lib/a.lua", "A")
    try folder.write("s/lib/deep/lib/b.lua", "B")
    try folder.write("s/lib/zlib/c.lua", "C")
    try folder.write("s/lib/notes.txt", "no")
    try folder.write("outside/secret.lua", "secret")
    try folder.link("s/lib/linked.lua", to: "../../outside/secret.lua")
    try folder.link("s/lib/folder", to: "../../outside")
    let path = folder.path("s/x.lua")
    let source = try ScriptSource(reading: path)
    #expect(Set(source.modules.keys) == ["lib.a", "lib.deep.lib.b", "lib.zlib.c"])
    #expect(source.modules["lib.a"]?.path == folder.path("s/lib/a.lua"))
    #expect(source.modules["lib.zlib.c"]?.text == Array("C".utf8))
    #expect(ScriptSource(path: path, texts: source.texts) == source)
    #expect(source.texts.count == 4)
  }

  @Test func `a lib that is a link is not followed`() throws {
    let folder = try Folder()
    try folder.write("s/x.lua", "require 'lib.a'")
    try folder.write("outside/a.lua", "A")
    try folder.link("s/lib", to: "../outside")
    #expect(try ScriptSource(reading: folder.path("s/x.lua")).modules.isEmpty)
  }

  static let paths = ["x.lua", "./x.lua", "lib/x.lua", "a/lib/lib/x.lua", "/lib/x.lua", "../x.lua"]

  @Test(arguments: paths) func `a source comes back from the texts that a run file keeps`(
    path: String
  ) {
    let folder = path.dropLast("x.lua".count)
    let files = ["lib/a.lua", "lib/lib/a.lua", "lib/zlib/lib.lua", "lib/x.lua"]
    let modules = Dictionary(
      uniqueKeysWithValues: files.map { file in
        (
          file.dropLast(4).replacing("/", with: "."),
          ScriptSource.Module(path: folder + file, text: Array(file.utf8))
        )
      }
    )
    let source = ScriptSource(
      path: path,
      text: [1],
      modules: modules.filter { $0.value.path != path }.reduce(into: [:]) {
        $0[String($1.key)] = $1.value
      }
    )
    #expect(ScriptSource(path: path, texts: source.texts) == source)
    #expect(ScriptSource(path: "other.lua", texts: source.texts) == nil)
  }

  private static func complaint(_ path: String) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try ScriptSource(reading: path)
      return nil
    } catch {
      return error
    }
  }

  @Test func `what cannot be read is said`() throws {
    let folder = try Folder()
    try folder.write("big.lua", String(repeating: "x", count: 256 * 1024 + 1))
    try folder.write("fits.lua", String(repeating: "x", count: 256 * 1024))
    #expect(Self.complaint(folder.path("no.lua"))?.summary.hasPrefix("there is no script ") == true)
    #expect(
      Self.complaint(folder.url.path)?.summary.hasSuffix(" is a folder, not a script") == true
    )
    #expect(
      Self.complaint(folder.path("big.lua"))?.summary.hasSuffix("larger than 256 KiB") == true
    )
    #expect(Self.complaint(folder.path("fits.lua")) == nil)
    #expect(Self.complaint("/dev/zero")?.summary == "/dev/zero is larger than 256 KiB")
    try folder.write("many/x.lua", "require")
    for index in 0..<5 {
      try folder.write("many/lib/\(index).lua", String(repeating: "x", count: 250 * 1024))
    }
    let many = Self.complaint(folder.path("many/x.lua"))
    #expect(many?.summary.hasSuffix(" and its modules are larger than 1 MiB") == true)
  }

  @Test func `the hash is that of the text`() {
    let source = ScriptSource(path: "x.lua", text: Array("abc".utf8))
    #expect(
      source.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
  }

  @Test func `a script need not be UTF-8`() async throws {
    let text = Array("-- \u{E9}".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    let script = text + Array("\nreturn { migrate = function() return skip('\\xE9') end }".utf8)
    let migration = try await Migration(
      ScriptSource(path: "x.lua", text: script),
      pool: Bench.pool
    )
    #expect(migration.name == "x")
  }
}
