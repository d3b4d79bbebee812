import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Searches all that runs left and printed for values that must not be there.
struct SecretSearch {
  /// The values, each with where it came from.
  private var needles: [(what: String, value: [UInt8])] = []

  /// Fields that hold secrets, whatever Atlas shows of them.
  private static let secretFields: Set<String> = [
    "apiKey", "apiToken", "serviceKey", "licenseKey", "readToken", "writeToken", "secret", "url",
    "password", "microsoftTeamsWebhookUrl", "notificationToken", "relayKey", "bodyTemplate",
    "headersTemplate",
  ]

  /// How many values are searched for.
  var count: Int { needles.count }

  /// Adds a value.
  mutating func add(_ what: String, _ value: String) {
    needles.append((what, Array(value.utf8)))
  }

  /// Adds every secret that the projects of a world hold, and the private keys to it.
  mutating func add(_ atlas: Atlas) throws {
    for line in try atlas.world.fingerprint().split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 2)
      guard case .object(let fields) = try JSONValue(parsing: Array(parts[2].utf8)) else {
        continue
      }
      for (name, value) in fields where Self.secretFields.contains(name) {
        // Shorter ones would be found by chance.
        if case .string(let text) = value, text.utf8.count >= 12 {
          add("\(parts[1]).\(name) of \(parts[0])", text)
        }
      }
    }
    let credentials = atlas.simulator.credentials
    add("the owner's private key", credentials.owner.privateKey)
    add("the reader's private key", credentials.readOnly.privateKey)
    add("the access token", credentials.accessToken)
  }

  /// Checks that none of the values is in these bytes.
  func expectNothing(in bytes: [UInt8], of name: String, sourceLocation: SourceLocation) {
    for (what, value) in needles where Self.contains(bytes, value) {
      Issue.record("\(what) is in \(name)", sourceLocation: sourceLocation)
    }
  }

  /// Checks all files that a workplace holds, and all that commands printed there, the request log
  /// included; only the files named are left out.
  func expectNothing(
    leftIn place: Workplace,
    except: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (name, bytes) in try place.allFiles() where !except.contains(name) {
      expectNothing(in: bytes, of: name, sourceLocation: sourceLocation)
    }
    var captures = place
    captures = Workplace(folder: place.captures, captures: place.captures, environment: [:])
    for (name, bytes) in try captures.allFiles() where !name.hasSuffix(".stdin") {
      expectNothing(in: bytes, of: "what was printed (\(name))", sourceLocation: sourceLocation)
    }
  }

  static func contains(_ bytes: [UInt8], _ value: [UInt8]) -> Bool {
    guard let first = value.first else { return true }
    return bytes.withUnsafeBytes { hay in
      value.withUnsafeBytes { needle in
        guard let needleStart = needle.baseAddress, var at = hay.baseAddress else { return false }
        let end = at + hay.count
        while end - at >= needle.count,
          let hit = memchr(at, Int32(first), end - at - needle.count + 1)
        {
          if memcmp(hit, needleStart, needle.count) == 0 { return true }
          at = UnsafeRawPointer(hit) + 1
        }
        return false
      }
    }
  }
}

extension Workplace {
  /// Types every command that prints a run, in every form.
  func printEverything(of run: String) async throws {
    var commands = [
      ["show", run], ["show", run, "-o", "json"], ["runs"], ["runs", "-o", "json"],
    ]
    for form in ["text", "json", "markdown", "csv"] {
      commands.append(["report", run, "-o", form])
    }
    let document = try await document(of: run)
    let shown = Dictionary(
      document.projects.map { ($0.outcome, $0.id) },
      uniquingKeysWith: { a, _ in a }
    )
    for id in shown.values { commands.append(["show", run, "--project", id]) }
    if document.projects.contains(where: { !$0.operations.isEmpty && $0.outcome == "changed" }) {
      commands.append(["show", run, "--group", "1"])
    }
    for command in commands {
      expect(try await start(command).finished(), endsWith: 0)
    }
  }
}
