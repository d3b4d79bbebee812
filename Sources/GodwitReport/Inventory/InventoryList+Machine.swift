internal import GodwitCore

extension InventoryList {
  /// The names of the columns of the CSV form, in order; the first is a project's id, so that the
  /// file can be given to `--targets`.
  ///
  /// A column of a targets file is also a script's parameter of its name: none of these may be, or
  /// nearly be, what a script would call one.
  public static let columns = [
    "id", "name", "org", "integrations", "integrationRegions", "keyTails", "legacySlack",
    "alertCount", "alertKeyTails", "alertsWithoutRoute", "silentAlerts", "error",
  ]

  /// One line a project as CSV (RFC 4180).
  public func csv() -> String {
    var text = RunCSV.line(Self.columns)
    for row in rows { text += RunCSV.line(Self.cells(of: row)) }
    return text
  }

  private static func cells(of row: InventoryRow) -> [String] {
    let entries = row.inventory?.entries ?? []
    let slack = entries.compactMap(\.slack).first
    let lost = row.inventory?.alertsWithoutRoute ?? []
    return [
      row.project.id.text, row.project.name, row.project.organization.text,
      entries.map(\.type.text).joined(separator: "; "),
      entries.compactMap { entry in entry.region.map { "\(entry.type): \($0)" } }
        .joined(separator: "; "),
      Self.tails(of: entries.flatMap(\.secrets)),
      slack.map { $0 == .oauth ? "no" : $0 == .legacy ? "yes" : "unclear" } ?? "",
      row.inventory.map { "\($0.alertCount)" } ?? "",
      Self.tails(of: row.inventory?.alertSecrets ?? []),
      row.inventory.map { _ in "\(lost.count)" } ?? "",
      row.inventory.map { _ in "\(lost.count(where: \.isSilent))" } ?? "",
      row.failure ?? "",
    ]
  }

  private static func tails(of secrets: [ProjectInventory.Secret]) -> String {
    secrets.filter { !$0.mask.shownTail.isEmpty }
      .map { "\($0.type).\($0.field): \($0.mask.shownTail)" }.joined(separator: "; ")
  }

  /// A document `{"formatVersion", "totals", "notFound", "projects": […]}`, one project on a line.
  public func json() -> String {
    let totals: JSONValue = [
      "projects": Self.number(rows.count),
      "failed": Self.number(rows.count { $0.failure != nil }),
      "notFound": Self.number(notFound.count),
      "integrations": Self.number(entries.count),
    ]
    let projects = rows.map { "\n    " + SafeText.json(Self.form(of: $0)) }
    let list = projects.isEmpty ? "[]" : "[\(projects.joined(separator: ","))\n  ]"
    return """
      {
        "formatVersion": \(RunJSON.formatVersion),
        "totals": \(SafeText.json(totals)),
        "notFound": \(SafeText.json(.array(notFound.map { .string($0) }))),
        "projects": \(list)
      }

      """
  }

  private static func form(of row: InventoryRow) -> JSONValue {
    var form: JSONObject = [
      "id": .string(row.project.id.text), "name": .string(row.project.name),
      "orgId": .string(row.project.organization.text),
      "error": row.failure.map { .string($0) } ?? .null,
    ]
    guard let inventory = row.inventory else { return .object(form) }
    form["integrations"] = .array(inventory.entries.map(Self.form))
    form["alerts"] = [
      "count": number(inventory.alertCount),
      "keys": .array(inventory.alertSecrets.map(Self.form)),
      "withoutRoute": .array(
        inventory.alertsWithoutRoute.map { alert in
          [
            "id": .string(alert.id.text), "eventTypeName": .string(alert.event),
            "types": .array(alert.types.map { .string($0.text) }),
            "silent": .bool(alert.isSilent),
          ]
        }
      ),
    ]
    return .object(form)
  }

  private static func form(of entry: ProjectInventory.Entry) -> JSONValue {
    var form: JSONObject = [
      "type": .string(entry.type.text), "region": entry.region.map { .string($0) } ?? .null,
      "keys": .array(entry.secrets.map(Self.form)),
    ]
    if let slack = entry.slack { form["slack"] = .string(slack.rawValue) }
    return .object(form)
  }

  private static func form(of secret: ProjectInventory.Secret) -> JSONValue {
    [
      "type": .string(secret.type.text), "field": .string(secret.field),
      "shown": .string(secret.mask.description), "tail": .string(secret.mask.shownTail),
    ]
  }

  private static func number(_ count: Int) -> JSONValue { .number(JSONNumber(Int64(count))) }
}
