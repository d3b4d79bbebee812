import Foundation
import GodwitCore
import GodwitScript

/// The secrets of a run: values in memory, and what may be kept of them.
struct SecretBook: Sendable {
  /// The values by parameter name.
  private(set) var values: [String: SecretValue] = [:]
  /// The values of each project, by parameter name.
  private(set) var tables: [String: ProjectSecretTable] = [:]
  /// What the plan recorded of the projects' values; `nil` while planning.
  private var planned: [String: [ProjectID: SecretValue]] = [:]
  private var recorded: [String: SecretInput] = [:]
  private let key: [UInt8]

  /// Resolves references.
  ///
  /// - Parameters:
  ///   - references: by parameter name.
  ///   - reader: resolves them; `nil` to plan without secrets.
  ///   - key: the run file's key.
  /// - Throws: `Diagnostic` for the first that cannot be resolved.
  init(_ references: [String: String], reader: SecretReader?, key: [UInt8]) throws {
    self.key = key
    for (name, reference) in references.sorted(by: { $0.key < $1.key }) {
      recorded[name] = SecretInput(
        name: name,
        reference: reference,
        fingerprint: nil,
        keyedHash: nil
      )
      guard let reader else {
        // Not resolved, and looked at all the same: what is typed may be the secret itself.
        if !reference.isEmpty { _ = try SecretReader.parts(of: reference, name: name) }
        continue
      }
      switch try reader.contents(of: name, at: reference) {
      case .table(let table): tables[name] = table
      case .value(let value):
        values[name] = value
        recorded[name]?.fingerprint = value.fingerprint
        recorded[name]?.keyedHash = value.keyedHash(key: key)
      }
    }
  }

  /// What may be kept, by parameter name; of projects' own values those of the projects noted.
  var inputs: [String: SecretInput] {
    var inputs = recorded
    for (name, table) in tables {
      var hashes: [ProjectID: String] = [:]
      for project in table.projects {
        if let value = try? table.value(for: project, of: name) {
          hashes[project.id] = value.keyedHash(key: key)
        }
      }
      inputs[name]?.projectHashes = hashes
    }
    return inputs
  }

  /// All values, for the search of texts.
  var all: [SecretValue] {
    Array(values.values) + tables.values.flatMap(\.values)
  }

  /// What is known of the values that all projects share.
  var fingerprints: [String: SecretFingerprint] { values.mapValues(\.fingerprint) }

  /// What is known of a project's own values.
  func ownFingerprints(
    of project: Project
  ) -> [String: Result<SecretFingerprint, Diagnostic>] {
    var result: [String: Result<SecretFingerprint, Diagnostic>] = [:]
    for (name, table) in tables {
      do throws(Diagnostic) {
        result[name] = .success(try table.value(for: project, of: name).fingerprint)
      } catch {
        result[name] = .failure(error)
      }
    }
    return result
  }

  /// Takes note of the selected projects.
  func note(_ projects: [Project]) {
    for table in tables.values { table.note(projects) }
  }

  /// The value that a secret has in a project.
  func value(of reference: SecretReference, in project: ProjectID) -> SecretValue? {
    planned[reference.name]?[project] ?? values[reference.name]
  }
}

extension SecretBook {
  /// A project whose operations need secrets.
  struct Need {
    var project: Project
    var names: Set<String>
  }

  /// Resolves again what a run needs, and checks that it is what was planned.
  ///
  /// - Parameters:
  ///   - planned: what the run recorded.
  ///   - needs: what the remaining operations use.
  ///   - overrides: references given now, by name.
  ///   - presets: references of settings, for what a run file cannot say.
  ///   - reader: resolves them.
  ///   - key: the run file's key.
  /// - Throws: `Diagnostic` for one that is missing or is not the planned one.
  init(
    planned: [SecretInput],
    needs: [Need],
    overrides: [String: String],
    presets: [String: String] = [:],
    reader: SecretReader,
    key: [UInt8]
  ) throws {
    self.key = key
    for name in overrides.keys.sorted() where !planned.contains(where: { $0.name == name }) {
      throw Diagnostic(
        "--secret: the run has no secret \"\(name)\"",
        advice: Suggestion.advice(for: name, in: planned.map(\.name))
      )
    }
    let needed = needs.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    for input in planned where needed.contains(input.name) {
      guard input.isResolved else {
        throw Diagnostic(
          "the plan was made without secrets, so it cannot be applied",
          advice: "plan again without --without-secrets"
        )
      }
      recorded[input.name] = input
      let reference = try Self.reference(of: input, overrides, presets)
      switch try reader.contents(of: input.name, at: reference) {
      case .value(let value): try take(value, for: input, at: reference, needs)
      case .table(let table): try take(table, for: input, at: reference, needs)
      }
    }
  }

  /// Where a secret is now; a command is never taken out of a run file.
  ///
  /// - Throws: `Diagnostic` for a command that was not repeated.
  static func reference(
    of input: SecretInput,
    _ overrides: [String: String],
    _ presets: [String: String]
  ) throws -> String {
    if let typed = overrides[input.name] { return typed }
    guard SecretReader.isCommand(input.reference) else { return input.reference }
    if let preset = presets[input.name] { return preset }
    throw Diagnostic(
      "secret \(input.name) was planned with a command, which is not taken out of a run file",
      advice: "repeat it if you trust it: --secret "
        + Shell.quoted("\(input.name)=\(input.reference)")
    )
  }

  private mutating func take(
    _ value: SecretValue,
    for input: SecretInput,
    at reference: String,
    _ needs: [Need]
  ) throws {
    let hash = value.keyedHash(key: key)
    if let hashes = input.projectHashes {
      // One value now where each project had its own: right only if they were all the same.
      let projects = needs.filter { $0.names.contains(input.name) }.map(\.project)
      guard projects.allSatisfy({ hashes[$0.id] == hash }) else {
        throw Self.changed(input, reference)
      }
    } else if hash != input.keyedHash {
      throw Self.changed(input, reference)
    }
    values[input.name] = value
  }

  private mutating func take(
    _ table: ProjectSecretTable,
    for input: SecretInput,
    at reference: String,
    _ needs: [Need]
  ) throws {
    let projects = needs.filter { $0.names.contains(input.name) }.map(\.project)
    table.note(projects)
    tables[input.name] = table
    for project in projects {
      let value: SecretValue
      do throws(Diagnostic) { value = try table.value(for: project, of: input.name) } catch {
        throw Diagnostic("\(project.name) (\(project.id)): \(error.line)", advice: error.advice)
      }
      let expected =
        input.projectHashes == nil
        ? input.keyedHash : input.projectHashes?[project.id]
      guard value.keyedHash(key: key) == expected else {
        throw Self.changed(input, reference, project)
      }
      self.planned[input.name, default: [:]][project.id] = value
    }
  }

  private static func changed(
    _ input: SecretInput,
    _ reference: String,
    _ project: Project? = nil
  ) -> Diagnostic {
    let place = project.map { "\($0.name) (\($0.id)): " } ?? ""
    return Diagnostic(
      "\(place)secret \(input.name): the value at \(reference) is not the one that was planned",
      advice: "say where it is with --secret \(input.name)=REF, or plan again"
    )
  }
}
