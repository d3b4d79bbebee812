internal import GodwitCore

extension Examination {
  /// A line for each finding, what to do below it, and the organizations.
  public func text(style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    let subjects = findings.map { DisplayWidth.of($0.subject) }.max() ?? 0
    for finding in findings {
      let word = DisplayWidth.pad(finding.state.rawValue, to: 7)
      let subject = DisplayWidth.pad(finding.subject, to: subjects)
      page.add(
        "\(style.paint(word, Self.color(finding.state)))  \(subject)  "
          + SafeText.line(finding.summary)
      )
      if let advice = finding.advice {
        let indent = String(repeating: " ", count: 7 + 2 + subjects + 2)
        page.wrap(SafeText.line(advice, limit: 600), first: indent + "→ ")
      }
    }
    addOrganizations(to: &page)
    page.gap()
    page.add(conclusion)
    return page.text
  }

  private static func color(_ state: State) -> TextStyle.Color? {
    switch state {
    case .ok: .green
    case .warning: .yellow
    case .problem: .red
    case .unknown: .faint
    }
  }

  private var conclusion: String {
    func count(_ state: State) -> Int { findings.count { $0.state == state } }
    let problems = count(.problem)
    let warnings = count(.warning)
    let words = [
      problems == 0 ? "no problems" : "\(problems) problem\(problems == 1 ? "" : "s")",
      "\(warnings) warning\(warnings == 1 ? "" : "s")",
    ]
    return "Found \(words.joined(separator: ", "))."
  }

  private func addOrganizations(to page: inout TextPage) {
    guard !organizations.isEmpty else { return }
    page.gap()
    let heads = ["ORGANIZATION", "ID", "PROJECTS", "WRITABLE", "ROLES"]
    let cells = organizations.map { row in
      [
        SafeText.line(row.name, limit: 40), SafeText.line(row.id.text, limit: 40),
        "\(row.projects)", row.writable.map { "\($0)" } ?? "not known",
        row.roles.map { SafeText.line($0.isEmpty ? "none" : $0.joined(separator: ", "), limit: 80) }
          ?? "not known",
      ]
    }
    let widths = heads.indices.map { column in
      ([heads] + cells).map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    for (index, line) in ([heads] + cells).enumerated() {
      let text = zip(line, widths).map { DisplayWidth.pad($0, to: $1) }.joined(separator: "  ")
      page.add(index == 0 ? page.style.paint(text, .bold) : text)
    }
  }

  /// A document with `formatVersion`, `tool`, `healthy`, `target {baseURL, credential, source}`,
  /// `findings` and `organisations`.
  public func json() -> String {
    let findings = findings.map { finding -> JSONValue in
      var object: JSONObject = [
        "subject": .string(finding.subject), "state": .string(finding.state.rawValue),
        "summary": .string(finding.summary),
      ]
      if let advice = finding.advice { object["advice"] = .string(advice) }
      return .object(object)
    }
    let organisations = organizations.map { row -> JSONValue in
      [
        "id": .string(row.id.text), "name": .string(row.name),
        "projects": .number(JSONNumber(Int64(row.projects))),
        "writable": row.writable.map { .number(JSONNumber(Int64($0))) } ?? .null,
        "roles": row.roles.map { .array($0.map(JSONValue.string)) } ?? .null,
      ]
    }
    let document: JSONValue = [
      "formatVersion": .number(JSONNumber(Int64(RunJSON.formatVersion))),
      "tool": .string(tool), "healthy": .bool(isHealthy),
      "target": [
        "baseURL": baseURL.map(JSONValue.string) ?? .null,
        "credential": credential.map(JSONValue.string) ?? .null,
        "source": source.map(JSONValue.string) ?? .null,
      ],
      "findings": .array(findings),
      "organisations": .array(organisations),
    ]
    return SafeText.json(document) + "\n"
  }
}
