internal import GodwitCore

extension InventoryList {
  /// A table, one line a project, and what it adds up to.
  public func text(style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    guard !rows.isEmpty else {
      page.add("No project has what was asked for.")
      addMissing(to: &page)
      return page.text
    }
    let heads = ["PROJECT", "ID", "ALERTS", "INTEGRATIONS"]
    let cells = rows.map { row in
      [
        SafeText.line(row.project.name, limit: 64), row.project.id.text, Self.alerts(of: row),
        Self.integrations(of: row) + alertKeys(of: row),
      ]
    }
    let widths = heads.indices.dropLast().map { column in
      ([heads] + cells).map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    for (index, line) in ([heads] + cells).enumerated() {
      let columns = zip(line, widths).map { DisplayWidth.pad($0, to: $1) } + line.suffix(1)
      let text = columns.joined(separator: "  ")
      page.add(index == 0 ? style.paint(text, .bold) : text)
    }
    addMissing(to: &page)
    addTotals(to: &page)
    return page.text
  }

  private func addMissing(to page: inout TextPage) {
    for name in notFound {
      page.add("Not found: \(SafeText.line(name, limit: 80))")
    }
  }

  private static func alerts(of row: InventoryRow) -> String {
    guard let inventory = row.inventory else { return "" }
    let lost = inventory.alertsWithoutRoute.count
    return "\(inventory.alertCount)" + (lost > 0 ? " (\(lost) without a route)" : "")
  }

  /// Where alerts keep the key that was looked for.
  private func alertKeys(of row: InventoryRow) -> String {
    let types = (row.inventory?.alertSecrets ?? []).filter { $0.mask.tail == tail }.map(\.type)
    guard let tail, !types.isEmpty else { return "" }
    let names = Set(types).sorted().map { SafeText.line($0.text, limit: 40) }
    return "; in alerts: \(names.joined(separator: ", ")) ****\(SafeText.line(tail, limit: 8))"
  }

  private static func integrations(of row: InventoryRow) -> String {
    guard let inventory = row.inventory else {
      return "failed: " + SafeText.line(row.failure ?? "", limit: 300)
    }
    guard !inventory.entries.isEmpty else { return "none" }
    return inventory.entries.map { entry in
      var words = [SafeText.line(entry.type.text, limit: 40)]
      if let region = entry.region { words.append(SafeText.line(region, limit: 20)) }
      if let remark = entry.slack?.remark { words.append(remark) }
      let tails = entry.secrets.map(\.mask.shownTail).filter { !$0.isEmpty }
      if !tails.isEmpty {
        words.append(tails.map { "****" + SafeText.line($0, limit: 8) }.joined(separator: "/"))
      }
      return words.joined(separator: " ")
    }
    .joined(separator: ", ")
  }

  private func addTotals(to page: inout TextPage) {
    page.gap()
    let entries = entries
    let counts = Dictionary(grouping: entries, by: \.type).sorted { left, right in
      left.value.count == right.value.count
        ? left.key < right.key : left.value.count > right.value.count
    }
    page.add(
      "\(Wording.count(rows.count, "project")), \(Wording.count(entries.count, "integration"))"
    )
    for (type, entries) in counts {
      page.add("  \(SafeText.line(type.text, limit: 40)) \(entries.count)\(Self.note(entries))")
    }
    addLost(to: &page)
    let failed = rows.count { $0.failure != nil }
    if failed > 0 { page.add("\(Wording.count(failed, "project")) could not be read.") }
  }

  /// Regions and legacy ones of a type, in parentheses.
  private static func note(_ entries: [ProjectInventory.Entry]) -> String {
    let regions = Dictionary(grouping: entries.compactMap(\.region)) { $0 }.mapValues(\.count)
    var parts = regions.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      .map { "\(SafeText.line($0.key, limit: 20)) \($0.value)" }
    for kind in [SlackKind.legacy, .unclear] {
      let count = entries.count { $0.slack == kind }
      if count > 0, let remark = kind.remark { parts.append("\(remark) \(count)") }
    }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  private func addLost(to page: inout TextPage) {
    let lost = rows.compactMap(\.inventory).filter { !$0.alertsWithoutRoute.isEmpty }
    guard !lost.isEmpty else { return }
    let all = lost.flatMap(\.alertsWithoutRoute)
    let silent = all.count(where: \.isSilent)
    page.add(
      "\(Wording.count(all.count, "alert configuration")) in "
        + "\(Wording.count(lost.count, "project")) without a route: the integration is not there"
        + (silent > 0
          ? "; \(silent) of them \(silent == 1 ? "notifies" : "notify") nobody else" : "")
    )
  }
}
