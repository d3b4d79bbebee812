import GodwitCore

/// What a person reads of a run, on a terminal or in a file.
///
/// Every text ends with a line end, a question excepted. Names, reasons and values are escaped and
/// cut; no line ends with spaces.
public enum RunText {
  /// How many groups a plan shows before it only counts the rest.
  static let groupLimit = 40
  /// How many reasons a section shows before it only counts the rest.
  static let causeLimit = 20

  /// A plan: head, groups of equal changes, what is not changed and why, and the totals.
  public static func plan(_ summary: RunSummary, style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    page.addHead(of: summary, title: "Godwit plan")
    page.addGroups(of: summary, isApplied: false)
    page.addCauses(of: summary, isApplied: false)
    page.addUnchanged(of: summary)
    page.addTasks(of: summary)
    page.addRemarks(of: summary)
    page.addAffectedAlerts(of: summary)
    page.addIrreversible(of: summary)
    page.addTotals(of: summary)
    return page.text
  }

  /// A plan that was stopped before its end: head, what failed so far and why, and the totals.
  public static func incomplete(_ summary: RunSummary, style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    page.addHead(of: summary, title: "Godwit plan")
    page.addCauses(of: summary, isApplied: false)
    page.addTotals(of: summary)
    page.gap()
    page.add("This plan is incomplete and cannot be applied: plan again.")
    return page.text
  }

  /// What became of a plan: what was done by group, what was not and why, and the totals.
  public static func applied(_ summary: RunSummary, style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    page.addHead(of: summary, title: title(ofApplied: summary.info))
    page.addGroups(of: summary, isApplied: true)
    page.addCauses(of: summary, isApplied: true)
    page.addUnchanged(of: summary)
    page.addTasks(of: summary)
    page.addRemarks(of: summary)
    page.addTotals(of: summary)
    return page.text
  }

  /// The equation of the totals alone, on one line, for example as the last words of a command.
  public static func totals(_ summary: RunSummary, style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    page.addTotals(of: summary)
    return page.text
  }

  /// The question before writes are sent: where to, how many, and what to type.
  ///
  /// - Parameters:
  ///   - summary: the run; asked is for its pending operations.
  ///   - changes: how many operations will be sent, where that is not all that is pending.
  ///   - projects: in how many projects they are.
  /// - Returns: text that ends with a space behind a colon; the answer has to be the number.
  public static func question(
    _ summary: RunSummary,
    changes: Int? = nil,
    projects: Int? = nil
  ) -> String {
    let changes = changes ?? summary.pendingOperations
    let projects = projects ?? summary.pendingProjects
    let target = summary.info.target
    var page = TextPage(style: TextStyle())
    page.addOrganizations(of: summary.info, first: "", noun: "project")
    if summary.pendingIrreversible > 0 {
      page.add(
        "\(Wording.count(summary.pendingIrreversible, "change")) cannot be taken back."
      )
    }
    if let doubt = summary.info.origin.flatMap(Wording.doubt(of:)) {
      page.wrap("Origin \(doubt).", first: "")
    }
    let url = SafeText.line(target.baseURL, limit: 200)
    return page.text
      + "Apply \(Wording.count(changes, "change")) to \(Wording.count(projects, "project"))"
      + " at \(url) with \(Wording.credential(of: target))?"
      + " Type \(changes) to go on: "
  }

  private static func title(ofApplied info: RunInfo) -> String {
    switch info.phase {
    case .planning, .planned: "Godwit run, nothing applied yet:"
    case .applying: "Godwit run, not finished:"
    case .finished: "Godwit run, finished:"
    }
  }
}
