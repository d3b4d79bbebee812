import Foundation
import GodwitCore

/// Resolves references to secrets: `env:`, `file:` and, for the simulator, `fake:`.
struct SecretReader {
  /// The environment.
  var environment: [String: String]
  /// The id of the simulator's world; `nil` against Atlas.
  var worldID: String?
  /// Whether files that others can read are taken.
  var acceptsReadableFiles: Bool

  private static let kinds = ["env", "file", "fake"]

  /// The value behind a reference.
  ///
  /// - Throws: `Diagnostic` that names the secret and never shows what may be its value.
  func value(of name: String, at reference: String) throws -> SecretValue {
    let (kind, rest) = try Self.parts(of: reference, name: name)
    let value: SecretValue
    switch kind {
    case "env": value = try fromEnvironment(name, rest)
    case "file": value = try fromFile(name, rest)
    default: value = try fake(name, rest)
    }
    guard !value.isEmpty else {
      throw Diagnostic("secret \(name): \(kind):\(rest) is empty")
    }
    return value
  }

  /// Takes a reference apart.
  ///
  /// - Throws: `Diagnostic` for what is no reference; it may be the secret itself, and is not shown.
  static func parts(of reference: String, name: String) throws -> (kind: String, rest: String) {
    let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, kinds.contains(String(parts[0])) else {
      throw Diagnostic(
        "secret \(name): this is not a reference to a secret",
        advice: "write env:VARIABLE, file:PATH or, with --simulator, fake:hex32"
      )
    }
    return (String(parts[0]), String(parts[1]))
  }

  private func fromEnvironment(_ name: String, _ variable: String) throws -> SecretValue {
    guard let text = environment[variable] else {
      throw Diagnostic(
        "secret \(name): the environment variable \(variable) is not set",
        advice: "export it, or give another reference"
      )
    }
    return SecretValue(text)
  }

  private func fromFile(_ name: String, _ path: String) throws -> SecretValue {
    // One open file is judged and read: a link leads to the same file both times.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno != ENOENT else {
        throw Diagnostic("secret \(name): there is no file \(path)", advice: "check the path")
      }
      let reason = String(cString: strerror(errno))
      throw Diagnostic(
        "secret \(name): \(path) cannot be opened (\(reason))",
        advice: "check the path and its permissions"
      )
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let mode = isRegular ? Int(status.st_mode & 0o777) : 0
    guard mode & 0o044 == 0 || acceptsReadableFiles else {
      throw Diagnostic(
        "secret \(name): others can read \(path) (mode \(String(mode, radix: 8)))",
        advice: "chmod 600 it, or add --accept-readable-secret-files"
      )
    }
    guard let data = try? handle.readToEnd() ?? Data() else {
      throw Diagnostic("secret \(name): \(path) cannot be read", advice: "check its permissions")
    }
    var bytes = Array(data)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return SecretValue(bytes)
  }

  private func fake(_ name: String, _ form: String) throws -> SecretValue {
    guard let worldID else {
      throw Diagnostic(
        "secret \(name): fake: references are for the simulator only",
        advice: "add --simulator, or give a real reference such as env:VARIABLE"
      )
    }
    // The same world and name give the same value to plan, apply and the next plan.
    let digits = SecretValue("\(name)\u{0}\(form)").keyedHash(key: Array(worldID.utf8))
    switch form {
    case "hex32": return SecretValue(String(digits.prefix(32)))
    case "uuid":
      let text = Array(digits)
      let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }
      return SecretValue(groups.joined(separator: "-"))
    case "url": return SecretValue("https://hooks.example.com/services/\(digits.prefix(24))")
    default:
      throw Diagnostic(
        "secret \(name): unknown form fake:\(form)",
        advice: Suggestion.advice(for: form, in: ["hex32", "uuid", "url"])
      )
    }
  }
}

/// The secrets of a run: values in memory, and what may be kept of them.
struct SecretBook: Sendable {
  /// The values by parameter name.
  private(set) var values: [String: SecretValue] = [:]
  /// What may be kept, by parameter name.
  private(set) var inputs: [String: SecretInput] = [:]

  /// Resolves references and notes what may be kept.
  ///
  /// - Parameters:
  ///   - references: by parameter name.
  ///   - reader: resolves them; `nil` to plan without secrets.
  ///   - key: the run file's key.
  /// - Throws: `Diagnostic` for the first that cannot be resolved.
  init(_ references: [String: String], reader: SecretReader?, key: [UInt8]) throws {
    for (name, reference) in references.sorted(by: { $0.key < $1.key }) {
      guard let reader else {
        // Not resolved, and looked at all the same: what is typed may be the secret itself.
        if !reference.isEmpty { _ = try SecretReader.parts(of: reference, name: name) }
        inputs[name] = SecretInput(
          name: name,
          reference: reference,
          fingerprint: nil,
          keyedHash: nil
        )
        continue
      }
      let value = try reader.value(of: name, at: reference)
      values[name] = value
      inputs[name] = SecretInput(
        name: name,
        reference: reference,
        fingerprint: value.fingerprint,
        keyedHash: value.keyedHash(key: key)
      )
    }
  }

  /// Resolves again what a run needs, and checks that it is what was planned.
  ///
  /// - Parameters:
  ///   - planned: what the run recorded.
  ///   - needed: the names that the remaining operations use.
  ///   - overrides: references given now, by name.
  ///   - reader: resolves them.
  ///   - key: the run file's key.
  /// - Throws: `Diagnostic` for one that is missing or is not the planned one.
  init(
    planned: [SecretInput],
    needed: Set<String>,
    overrides: [String: String],
    reader: SecretReader,
    key: [UInt8]
  ) throws {
    for name in overrides.keys.sorted() where !planned.contains(where: { $0.name == name }) {
      throw Diagnostic(
        "--secret: the run has no secret \"\(name)\"",
        advice: Suggestion.advice(for: name, in: planned.map(\.name))
      )
    }
    for input in planned where needed.contains(input.name) {
      guard let expected = input.keyedHash else {
        throw Diagnostic(
          "the plan was made without secrets, so it cannot be applied",
          advice: "plan again without --without-secrets"
        )
      }
      let reference = overrides[input.name] ?? input.reference
      let value = try reader.value(of: input.name, at: reference)
      guard value.keyedHash(key: key) == expected else {
        throw Diagnostic(
          "secret \(input.name): the value at \(reference) is not the one that was planned",
          advice: "say where it is with --secret \(input.name)=REF, or plan again"
        )
      }
      values[input.name] = value
      inputs[input.name] = input
    }
  }

  /// What is known of each secret.
  var fingerprints: [String: SecretFingerprint] {
    inputs.compactMapValues(\.fingerprint)
  }
}
