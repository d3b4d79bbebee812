import GodwitCore
import Testing

@testable import GodwitRun

@Suite struct ProjectSelectorTests {
  private static func project(
    _ number: Int,
    _ name: String,
    org: String = "o1",
    tags: [String: String] = [:]
  ) -> Project {
    Project(
      id: ProjectID("5f000000000000000000000\(number)"),
      name: name,
      organization: OrganizationID(org),
      tags: tags
    )
  }

  private static let estate = [
    project(1, "shop-prod", tags: ["env": "prod", "team": "a"]),
    project(2, "shop-test", tags: ["env": "test"]),
    project(3, "pay-prod", org: "o2", tags: ["env": "prod"]),
    project(4, "twice"),
    project(5, "twice", org: "o2"),
  ]

  typealias Case = (
    name: String, selected: [Int], filteredOut: Int, notFound: [String],
    choose: @Sendable (inout Selection) -> Void
  )

  static let cases: [Case] = [
    ("all", [1, 2, 3, 4, 5], 0, [], { _ in }),
    ("an id", [3], 4, [], { $0.projects = ["5f0000000000000000000003"] }),
    ("a name", [2], 4, [], { $0.projects = ["shop-test"] }),
    (
      "id and name of one", [2], 4, [], { $0.projects = ["shop-test", "5f0000000000000000000002"] }
    ),
    ("a pattern", [1, 3], 3, [], { $0.projects = ["*-prod"] }),
    ("a pattern over one letter", [1, 3], 3, [], { $0.projects = ["????-prod", "???-pro?"] }),
    ("a pattern fits names, not ids", [], 5, ["5f*"], { $0.projects = ["5f*"] }),
    (
      "missing ones, each once and in order", [1], 4, ["no", "none", "never*"],
      { $0.projects = ["no", "shop-prod", "none", "never*", "no"] }
    ),
    ("an organization", [3, 5], 3, [], { $0.organizations = ["o2"] }),
    ("two organizations", [1, 2, 3, 4, 5], 0, [], { $0.organizations = ["o2", "o1"] }),
    ("a tag", [1, 3], 3, [], { $0.tags = [("env", "prod")] }),
    ("two tags", [1], 4, [], { $0.tags = [("env", "prod"), ("team", "a")] }),
    ("an exclusion by name", [1, 3, 4, 5], 1, [], { $0.excluded = ["shop-test"] }),
    ("an exclusion by pattern", [3, 4, 5], 2, [], { $0.excluded = ["shop-*"] }),
    ("an exclusion by id", [2, 3, 4, 5], 1, [], { $0.excluded = ["5f0000000000000000000001"] }),
    ("a limit", [1, 2], 3, [], { $0.limit = 2 }),
    ("no limit to speak of", [1, 2, 3, 4, 5], 0, [], { $0.limit = 99 }),
    ("a limit of nothing", [], 5, [], { $0.limit = 0 }),
    (
      "a name that only one of the organizations has", [5], 4, [],
      {
        $0.projects = ["twice"]
        $0.organizations = ["o2"]
      }
    ),
    (
      "a name in another organization is not found", [], 5, ["pay-prod"],
      {
        $0.projects = ["pay-prod"]
        $0.organizations = ["o1"]
      }
    ),
    (
      "a name that a tag leaves out was found", [], 5, [],
      {
        $0.projects = ["shop-test"]
        $0.tags = [("env", "prod")]
      }
    ),
    (
      "rows of targets", [2, 3], 3, ["gone"],
      {
        $0.targets = [
          .init(project: "shop-test"), .init(project: "gone"),
          .init(project: "5f0000000000000000000003"),
        ]
      }
    ),
    ("no rows of targets", [], 5, [], { $0.targets = [] }),
    (
      "targets and names", [1, 2], 3, [],
      {
        $0.projects = ["shop-prod"]
        $0.targets = [.init(project: "shop-test")]
      }
    ),
  ]

  @Test(arguments: cases.indices)
  func `selects what is asked for`(index: Int) {
    let (name, selected, filteredOut, notFound, choose) = Self.cases[index]
    var selection = Selection()
    choose(&selection)
    var selector = ProjectSelector(selection)
    let found =
      selector.selected(from: Array(Self.estate[..<3]))
      + selector.selected(from: Array(Self.estate[3...]))
    let numbers = found.compactMap { $0.id.text.last?.wholeNumberValue }
    #expect(numbers == selected, "\(name)")
    #expect(selector.selectedCount == selected.count, "\(name)")
    #expect(selector.filteredOut == filteredOut, "\(name)")
    #expect(selector.notFound == notFound, "\(name)")
    #expect(selector.ambiguity == nil, "\(name)")
  }

  @Test func `a name that fits two projects is an error with both places`() {
    for isTarget in [false, true] {
      var selection = Selection()
      if isTarget {
        selection.targets = [.init(project: "twice")]
      } else {
        selection.projects = ["twice"]
      }
      var selector = ProjectSelector(selection)
      _ = selector.selected(from: Self.estate)
      #expect(
        selector.ambiguity?.line
          == "the name \"twice\" fits several projects: 5f0000000000000000000004 in organization o1;"
          + " 5f0000000000000000000005 in organization o2"
      )
    }
    var selection = Selection()
    selection.projects = ["twi*"]
    var selector = ProjectSelector(selection)
    #expect(selector.selected(from: Self.estate).count == 2)
    #expect(selector.ambiguity == nil)
  }

  @Test func `two rows for one project are an error`() {
    var selection = Selection()
    selection.targets = [.init(project: "shop-prod"), .init(project: "5f0000000000000000000001")]
    var selector = ProjectSelector(selection)
    _ = selector.selected(from: Self.estate)
    #expect(selector.ambiguity?.line.contains("mean one project") == true)
  }

  @Test func `rows bring their variables`() {
    var selection = Selection()
    selection.targets = [.init(project: "shop-test", variables: ["team": "x"])]
    var selector = ProjectSelector(selection)
    #expect(selector.selected(from: Self.estate).map(\.variables) == [["team": "x"]])
  }

  @Test func `an exclusion that fits nothing is remarked upon`() {
    var selection = Selection()
    selection.excluded = ["shop-*", "shopp-prod"]
    var selector = ProjectSelector(selection)
    _ = selector.selected(from: Self.estate)
    #expect(selector.remarks == ["--exclude \"shopp-prod\" fits no project."])
  }

  @Test func `knows when a limit is reached, unless names are still to be found`() {
    var selection = Selection()
    selection.limit = 2
    var selector = ProjectSelector(selection)
    #expect(!selector.hasEnough)
    _ = selector.selected(from: Self.estate)
    #expect(selector.hasEnough)
    selection.projects = ["*"]
    selector = ProjectSelector(selection)
    _ = selector.selected(from: Self.estate)
    #expect(!selector.hasEnough)
  }

  @Test(arguments: [
    ("*", "", true), ("*", "abc", true), ("a*c", "ac", true), ("a*c", "abbc", true),
    ("a*c", "abcd", false), ("?", "", false), ("?", "a", true), ("a?c", "abc", true),
    ("a?c", "ac", false), ("*a*b*", "xaxxbx", true), ("*a*b*", "xbxa", false),
    ("prod-*-eu", "prod-shop-eu", true), ("a**b", "ab", true), ("**", "a", true),
    ("Z?rich*", "Zürich-1", true), ("abc", "ABC", false), ("*.example", "a.exampleX", false),
    ("*aab", "aaaaaaaaab", true), ("", "", true), ("", "a", false),
  ])
  func `a pattern fits names`(pattern: String, name: String, fits: Bool) {
    #expect(Glob(pattern).matches(name) == fits)
  }
}
