internal import GodwitCore
internal import LuaVM

/// Answers what `verify` asks of its project: each read anew, and no writes.
struct FreshReads {
  let project: ProjectID
  let reads: ScriptReads

  private static let refusal: LuaAnswer =
    .raise("verify may only read: the plan was reviewed without this write")

  /// Answers one request.
  ///
  /// - Parameters:
  ///   - request: what the script asks.
  ///   - failure: keeps why the last read failed.
  /// - Returns: the answer, or the error to raise.
  func answer(
    _ request: LuaRequest,
    _ failure: inout ScriptReadError?
  ) async -> LuaAnswer {
    do {
      switch request.name.prefix(while: { $0 != "." }) {
      case "alerts": return try await answer(AlertCall(request))
      case "project": return try await answer(RequestCall(request))
      case "atlas": return .values(try await RootReads.answer(RequestCall(request), reads))
      default: return try await answer(IntegrationCall(request))
      }
    } catch let error as ScriptReadError {
      failure = error
      return .raise(.opaque(LuaOpaque(error)))
    } catch let complaint as ScriptComplaint {
      return .raise(.string(complaint.message))
    } catch {
      return .raise(.string("\(error)"))
    }
  }

  private func answer(_ call: IntegrationCall) async throws -> LuaAnswer {
    switch call {
    case .list:
      let all = try await reads.integrations(project).get()
      return .values([.list(all.map(\.scriptObject))])
    case .get(let type):
      // A type that is not known here could be one of Atlas', or a slip: the list tells.
      if IntegrationRules.rule(for: type) != nil {
        let found = try await reads.integration(project, type).get()
        return .values([.object(found?.scriptObject)])
      }
      let all = try await reads.integrations(project).get()
      guard let found = all.first(where: { $0.type == type }) else {
        throw ScriptComplaint(unknown: type)
      }
      return .values([.object(found.scriptObject)])
    case .create, .update, .set, .delete: return Self.refusal
    }
  }

  private func answer(_ call: RequestCall) async throws -> LuaAnswer {
    guard call.method == "GET" else { return Self.refusal }
    let path = try ScriptPath(call.path)
    return .values([LuaValue(try await reads.get(project, path.text, call.texts).get())])
  }

  private func answer(_ call: AlertCall) async throws -> LuaAnswer {
    switch call {
    case .list:
      let all = try await reads.alerts(project, false).get()
      return .values([.list(all.map(\.scriptObject))])
    case .using(let type):
      guard IntegrationRules.rule(for: type) != nil else { throw ScriptComplaint(unknown: type) }
      let all =
        type.isLegacy
        ? try await reads.allAlerts(of: project).get()
        : try await reads.alerts(project, false).get()
      let fitting = all.filter { $0.integrationTypes.contains(type) }
      return .values([.list(fitting.map(\.scriptObject))])
    case .get(.id(let id)):
      let found = try await reads.alert(project, id).get()
      return .values([.object(found?.scriptObject)])
    case .get, .create, .update, .delete, .toggle: return Self.refusal
    }
  }
}

extension Integration {
  /// The integration as a script gets it.
  var scriptObject: JSONObject {
    var object = object
    if let stamp { object["id"] = .string(stamp) }
    return object
  }
}

extension AlertConfiguration {
  /// The configuration as a script gets it.
  var scriptObject: JSONObject { fields.merging(["id": .string(id.text)]) }
}
