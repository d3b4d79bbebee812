import Foundation
import Testing

/// A folder of its own with a clean environment, in which commands are typed.
struct Workplace: Sendable {
  /// Where commands run; everything that they leave is in it.
  let folder: URL
  /// What they print, and what else the test keeps apart from what they leave.
  let captures: URL
  /// Their whole environment.
  var environment: [String: String]

  /// How many tests run commands at once: more would only slow each other down.
  private static let turnstile = Turnstile(places: 4)

  /// Makes a workplace for the time of a test.
  static func with<Result>(
    _ body: (Workplace) async throws -> Result
  ) async throws -> Result {
    await turnstile.enter()
    defer { Task { await turnstile.leave() } }
    let base = URL(filePath: NSTemporaryDirectory(), directoryHint: .isDirectory)
      .appending(path: "godwit-e2e-\(UUID().uuidString)")
    let place = Workplace(
      folder: base.appending(path: "work"),
      captures: base.appending(path: "captures"),
      environment: ["HOME": base.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    )
    for folder in [place.folder, place.captures] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: base) }
    try place.write(Scripts.move(), to: "move.lua")
    return try await body(place)
  }

  /// The binary, which the build puts beside the test bundle.
  static let binary: String = {
    let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
    let places =
      bundles.map { $0.deletingLastPathComponent() }
      + [
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(), Bundle.main.bundleURL,
      ]
    let paths = places.map { $0.appending(path: "godwit").path }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "godwit"
  }()

  /// Types `godwit …` and waits for its end.
  func godwit(
    _ arguments: String...,
    environment: [String: String] = [:],
    input: GodwitProcess.Input = .nothing,
    output: GodwitProcess.Output = .kept
  ) async throws -> Finished {
    try await start(arguments, environment: environment, input: input, output: output).finished()
  }

  /// Types `godwit …` and lets it run.
  func start(
    _ arguments: [String],
    environment: [String: String] = [:],
    input: GodwitProcess.Input = .nothing,
    output: GodwitProcess.Output = .kept,
    errorOutput: String? = nil
  ) throws -> GodwitProcess {
    try GodwitProcess(
      Self.binary,
      arguments,
      environment: self.environment.merging(environment) { $1 },
      folder: folder,
      captures: captures,
      input: input,
      output: output,
      errorOutput: errorOutput
    )
  }

  // MARK: - Files

  /// Writes a file into the folder.
  func write(_ text: String, to name: String, mode: Int = 0o600) throws {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
  }

  /// The permission bits of a file or folder.
  func mode(of name: String) throws -> Int {
    let path = folder.appending(path: name).path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  /// Whether there is a file or folder.
  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: name).path)
  }

  /// The names of what is in a folder.
  func files(in name: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path).sorted()
  }

  /// Every file at any depth, by its path from the folder.
  func allFiles() throws -> [(name: String, bytes: [UInt8])] {
    var result: [(String, [UInt8])] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      let file = folder.appending(path: name)
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if exists, !isFolder.boolValue { result.append((name, Array(try Data(contentsOf: file)))) }
    }
    return result
  }
}

/// Lets a number of tests in at a time.
actor Turnstile {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) {
    free = places
  }

  func enter() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    guard let next = waiting.first else {
      free += 1
      return
    }
    waiting.removeFirst()
    next.resume()
  }
}

/// Checks that a command ended as it should; if not, all that it printed is shown.
func expect(
  _ finished: Finished,
  endsWith status: Int32,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(finished.status == status, "\(finished)", sourceLocation: sourceLocation)
}

/// Checks that a command was refused with exit code 1, nothing on stdout and these words.
func expectRefusal(
  _ finished: Finished,
  saying words: [String],
  status: Int32 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(finished.status == status, "\(finished)", sourceLocation: sourceLocation)
  #expect(finished.text.isEmpty, "\(finished)", sourceLocation: sourceLocation)
  for word in words {
    #expect(
      finished.errors.contains(word),
      "\"\(word)\" is not in:\n\(finished.errors)",
      sourceLocation: sourceLocation
    )
  }
}
