public import GodwitCore

/// Writes a run as JSON, one project at a time, so that its size does not matter.
///
/// Format version 1: keys may be added to it; any other change raises the version. Masked values
/// are written as `****9abc`, secrets as `<secret apiKey>`. One project stands on one line.
public struct RunJSON {
  /// The version of the form of the document.
  public static let formatVersion: Int64 = 1

  private let write: (String) -> Void
  private var isFirst = true

  /// Writes the head of the document.
  ///
  /// - Parameters:
  ///   - info: the run.
  ///   - write: receives the text piece by piece.
  public init(info: RunInfo, write: @escaping (String) -> Void) {
    self.write = write
    write("{\n")
    for (key, value) in Self.head(of: info) {
      write("  \"\(key)\": \(SafeText.json(value)),\n")
    }
    write("  \"projects\": [")
  }

  /// Writes one project.
  public mutating func add(_ record: ProjectRecord) {
    write(isFirst ? "\n    " : ",\n    ")
    isFirst = false
    write(SafeText.json(.object(Self.form(of: record))))
  }

  /// Writes the totals and the end of the document.
  public func finish(totals: Totals) {
    write(isFirst ? "],\n" : "\n  ],\n")
    write("  \"totals\": \(SafeText.json(.object(Self.form(of: totals))))\n}\n")
  }

  /// The totals as they stand in the document.
  static func form(of totals: Totals) -> JSONObject {
    var object: JSONObject = ["selected": .number(JSONNumber(Int64(totals.selected)))]
    for outcome in ProjectOutcome.allCases {
      object[outcome.rawValue] = .number(JSONNumber(Int64(totals[outcome])))
    }
    return object
  }

  /// All that comes before the projects, in the order in which people look for it.
  private static func head(of info: RunInfo) -> [(key: String, value: JSONValue)] {
    headOfRun(info) + (info.origin.map { [("origin", form(of: $0))] } ?? [])
  }

  private static func form(of origin: PlanOrigin) -> JSONValue {
    switch origin {
    case .proven: ["isProven": true]
    case .unsigned: ["isProven": false, "reason": "unsigned"]
    case .otherKey(let id): ["isProven": false, "reason": "otherKey", "key": .string(id)]
    case .noKey(let id): ["isProven": false, "reason": "noKey", "key": .string(id)]
    }
  }

  private static func headOfRun(_ info: RunInfo) -> [(key: String, value: JSONValue)] {
    [
      ("formatVersion", .number(JSONNumber(formatVersion))),
      ("run", .string(info.id)),
      ("tool", .string(info.toolVersion)),
      ("phase", .string(info.phase.rawValue)),
      ("createdAt", .string(Moment.iso(info.createdSeconds))),
      ("expiresAt", .string(Moment.iso(info.expiresSeconds))),
      (
        "script",
        [
          "path": .string(info.script.path),
          "sha256": .string(info.script.sha256),
          "name": .string(info.script.name),
          "summary": .string(info.script.summary),
        ]
      ),
      ("target", .object(form(of: info.target))),
      ("parameters", .object(info.parameters)),
      ("secrets", .array(info.secrets.map { .object(form(of: $0)) })),
      (
        "escrow",
        .array(
          info.escrow.map { escrow in
            var object = form(of: escrow.secret)
            object["type"] = .string(escrow.type.text)
            object["field"] = .string(escrow.field)
            return .object(object)
          }
        )
      ),
      ("flags", .array(info.flags.map(\.rawValue).sorted().map { .string($0) })),
      ("selection", .string(info.selection)),
      ("filteredOut", .number(JSONNumber(Int64(info.filteredOut)))),
      ("refusedBySelect", .number(JSONNumber(Int64(info.refusedBySelect)))),
      ("remarks", .array(info.remarks.map { .string($0) })),
    ]
  }

  private static func form(of target: RunTarget) -> JSONObject {
    let organizations = target.organizations.map { organization -> JSONValue in
      [
        "id": .string(organization.id.text),
        "name": .string(organization.name),
        "projects": .number(JSONNumber(Int64(organization.projects))),
      ]
    }
    var object: JSONObject = [
      "baseURL": .string(target.baseURL),
      "api": .string(target.api),
      "credential": [
        "kind": .string(target.credentialKind),
        "tail": .string(target.credentialTail),
      ],
      "organisations": .array(organizations),
    ]
    if let world = target.world {
      object["simulator"] = ["world": .string(world.file), "id": .string(world.id)]
    }
    return object
  }

  private static func form(of secret: SecretInput) -> JSONObject {
    [
      "name": .string(secret.name),
      "reference": .string(secret.reference),
      "tail": secret.fingerprint.map { .string($0.shownTail) } ?? .null,
    ]
  }
}
