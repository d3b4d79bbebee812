import Foundation
import Testing

/// Scripts that crash, hang or starve a host of Lua 5.4.4 that does the usual things only.
///
/// Each runs in a process of its own under limits of the system, see `LuaRunner`: one that gets past
/// the sandbox is a test that fails, not a test run that dies.
@Suite struct HostileScriptTests {
  /// A line of a file in `Hostile`: how it may end, and the script.
  struct Script: Hashable, CustomTestStringConvertible {
    var name: String
    var ends: Set<String>
    var source: String

    var testDescription: String { name }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Hostile")

  static let scripts: [Script] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().flatMap { name -> [Script] in
      let bytes = (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
      let lines = bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
      return lines.enumerated().compactMap { number, line in
        guard !line.hasPrefix("--"), let mark = line.range(of: ": ") else { return nil }
        return Script(
          name: "\(name):\(number + 1)",
          ends: Set(line[..<mark.lowerBound].split(separator: "|").map(String.init)),
          source: String(line[mark.upperBound...])
        )
      }
    }
  }()

  /// How a script ended in a process of its own.
  static func run(_ script: Script) throws -> (status: Int32, isSignal: Bool, errors: [String]) {
    let process = Process()
    process.executableURL = URL(filePath: TestBinary.path(of: "LuaRunner"))
    // What never ends is to be stopped soon; what ends by another limit is to have the time for it.
    process.arguments = ["-", "32", script.ends == ["time"] ? "200" : "3000"]
    let input = Pipe()
    let errors = Pipe()
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(script.source.utf8))
    try input.fileHandleForWriting.close()
    let bytes = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return (process.terminationStatus, process.terminationReason == .uncaughtSignal, lines)
  }

  @Test(arguments: scripts)
  func `a hostile script ends as it should, and the next session is well`(script: Script) throws {
    let (status, isSignal, errors) = try Self.run(script)
    #expect(!isSignal, "signal \(status)")
    let end = try #require(errors.last, "nothing was said")
    #expect(
      script.ends.contains(end.replacing("ended: ", with: "")),
      "\(end), not \(script.ends.sorted()): \(errors) \(script.source.prefix(200))"
    )
    for line in errors {
      #expect(line.utf8.count <= 9 << 10)
      #expect(!line.contains("0x7f") && !line.contains("0x5"), "an address: \(line)")
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    }
  }

  @Test func `there are hostile scripts of every class`() {
    #expect(Self.scripts.count >= 300)
    #expect(Set(Self.scripts.map { $0.name.prefix { $0 != "." } }).count >= 11)
  }
}
