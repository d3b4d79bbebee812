import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// A migration of the folder `scripts`, with what the tests give it.
struct ShippedScript: Sendable, CustomTestStringConvertible {
  /// Its name in the folder, without `.lua`.
  var name: String
  /// What it is given, secrets aside.
  var inputs: [String] = []
  /// Its secret parameters, with the values that they get.
  var secrets: [(name: String, value: String)] = []
  /// What apply is given besides `--yes`.
  var applyFlags: [String] = []
  /// Makes the world one in which it finds work.
  var prepare: @Sendable (Atlas) throws -> Void = { _ in }

  var testDescription: String { ([name] + inputs).joined(separator: " ") }

  /// `plan scripts/NAME.lua …`, writing the run to a file.
  func plan(to file: String, without secret: String? = nil) -> [String] {
    ["plan", "scripts/\(name).lua", "--out", file, "-o", "json"] + inputs
      + secrets.filter { $0.name != secret }.flatMap {
        ["--secret", "\($0.name)=env:\(Self.variable($0.name))"]
      }
  }

  /// The environment variables that hold its secrets.
  var environment: [String: String] {
    Dictionary(uniqueKeysWithValues: secrets.map { (Self.variable($0.name), $0.value) })
  }

  private static func variable(_ name: String) -> String { "SECRET_\(name.uppercased())" }

  /// An Atlas in which the script finds work, and a workplace with the shipped scripts.
  func run(
    projects: Int = 60,
    _ body: (Workplace, Atlas) async throws -> Void
  ) async throws {
    try await Atlas.with(projects: projects) { place, atlas in
      var place = place
      place.environment.merge(environment) { $1 }
      try place.copyScripts()
      try prepare(atlas)
      try await body(place, atlas)
    }
  }
}

extension Workplace {
  /// The folder of the scripts that ship.
  static var scripts: URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../scripts").standardized
  }

  /// Copies the scripts that ship to where the README names them.
  func copyScripts() throws {
    try FileManager.default.createDirectory(
      at: folder.appending(path: "scripts"),
      withIntermediateDirectories: true
    )
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.scripts.path)
    where name.hasSuffix(".lua") {
      let text = try String(contentsOf: Self.scripts.appending(path: name), encoding: .utf8)
      try write(text, to: "scripts/\(name)")
    }
  }
}
