internal import GodwitCore
internal import LuaVM

/// Answers the requests of an automation: the lists by itself, the rest by project.
actor AutomationHost {
  private let policy: DraftPolicy
  private let reads: AutomationReads
  /// Every project that the script was given.
  private var known: [ProjectID: Project] = [:]
  private var hosts: [ProjectID: ProjectHost] = [:]
  /// The projects that the script asked something of, in that order.
  private var order: [ProjectID] = []
  /// Failures that belong to no project.
  private(set) var failures: [Diagnostic] = []

  init(policy: DraftPolicy, reads: AutomationReads) {
    self.policy = policy
    self.reads = reads
  }

  /// Answers a request.
  func answer(_ request: LuaRequest) async -> LuaAnswer {
    do {
      if let slash = request.name.firstIndex(of: "/") {
        let id = ProjectID(String(request.name[..<slash]))
        guard let host = host(of: id) else { return .raise("this is no project of Atlas") }
        var request = request
        request.name = String(request.name[request.name.index(after: slash)...])
        return await host.answer(request)
      }
      switch request.name {
      case "atlas.projects": return .values(try await projects(request))
      case "atlas.project": return .values([try await project(request)])
      case "atlas.orgs": return .values([try await organizations()])
      case "each.failed":
        await fail(request)
        return .values([])
      default: return .values(try await RootReads.answer(RequestCall(request), reads.ofProject))
      }
    } catch let error as ScriptReadError {
      return .raise(.opaque(LuaOpaque(error)))
    } catch let complaint as ScriptComplaint {
      return .raise(.string(complaint.message))
    } catch {
      return .raise(.string("\(error)"))
    }
  }

  /// The plans of all projects that the script asked something of.
  func conclude() async -> [ProjectPlan] {
    var plans: [ProjectPlan] = []
    for id in order {
      if let host = hosts[id] { plans.append(await host.conclude()) }
    }
    return plans
  }

  private func host(of id: ProjectID) -> ProjectHost? {
    if let host = hosts[id] { return host }
    guard let project = known[id] else { return nil }
    let host = ProjectHost(project, policy: policy, reads: reads.ofProject)
    hosts[id] = host
    order.append(id)
    return host
  }

  // MARK: - Lists

  private func projects(_ request: LuaRequest) async throws -> [LuaValue] {
    let arguments = request.arguments
    guard arguments.count > 1, case .integer(let loop) = arguments[0],
      case .integer(let number) = arguments[1]
    else { return [.nil] }
    let place = AutomationReads.ProjectPlace(loop: Int(loop), page: Int(number))
    let value = arguments.count > 2 ? arguments[2] : .nil
    let filter = try ProjectFilter(value)
    let page = try await reads.projects(place, filter).get()
    for project in page.projects { known[project.id] = project }
    let tables = page.projects.map { LuaValue.table($0.scriptTable) }
    return [.table(LuaTable(array: tables, isMarkedArray: true)), .boolean(page.hasNext)]
  }

  private func project(_ request: LuaRequest) async throws -> LuaValue {
    guard case .string(let name)? = request.arguments.first, !name.isEmpty else {
      throw ScriptComplaint("atlas.project takes the id or the name of a project")
    }
    let project = try await reads.project(name).get()
    known[project.id] = project
    return .table(project.scriptTable)
  }

  private func organizations() async throws -> LuaValue {
    .list(
      try await reads.organizations().get().map {
        ["id": .string($0.id.text), "name": .string($0.name)]
      }
    )
  }

  /// Takes note of a call of the function given to `atlas.each` that failed.
  private func fail(_ request: LuaRequest) async {
    let texts = request.arguments.map(\.shown)
    guard texts.count >= 2 else { return }
    let diagnostic = Self.diagnostic(texts[1])
    guard let host = host(of: ProjectID(texts[0])) else {
      failures.append(diagnostic)
      return
    }
    await host.fail(diagnostic)
  }

  /// The text of an error, with the position in front of it taken apart.
  private static func diagnostic(_ text: String) -> Diagnostic {
    let parts = text.split(separator: ":", maxSplits: 2)
    guard parts.count == 3, let line = Int(parts[1]) else { return Diagnostic(text) }
    return Diagnostic(
      String(parts[2].drop { $0 == " " }),
      position: ScriptPosition(file: String(parts[0]), line: line)
    )
  }
}

extension ProjectFilter {
  private static let keys = ["orgId", "name", "tag"]

  /// Reads the table that `atlas.projects` is given.
  ///
  /// - Throws: ``ScriptComplaint`` with the nearest key.
  init(_ value: LuaValue) throws(ScriptComplaint) {
    self.init()
    guard value != .nil else { return }
    guard let table = value.contents else {
      throw ScriptComplaint("atlas.projects takes a table", advice: "{ orgId =, name =, tag = }")
    }
    for field in table.fields {
      let key = field.key.shown
      guard Self.keys.contains(key) else {
        throw ScriptComplaint(
          "atlas.projects takes no \"\(key)\"",
          advice: Suggestion.advice(for: key, in: Self.keys)
        )
      }
      guard case .string(let text) = field.value else {
        throw ScriptComplaint("atlas.projects takes text for \(key)")
      }
      switch key {
      case "orgId": organization = text
      case "name": name = text
      default:
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
          throw ScriptComplaint("tag takes KEY=VALUE, for example \"env=prod\"")
        }
        tag = (String(parts[0]), String(parts[1]))
      }
    }
  }
}
