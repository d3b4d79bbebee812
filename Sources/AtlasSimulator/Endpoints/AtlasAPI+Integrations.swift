import GRDB
import GodwitCore

/// Third-party integrations: list, get, create, create or update, delete.
extension AtlasAPI {
  func listIntegrations(of group: String, _ request: APIRequest) throws -> Outcome {
    try checkGroupID(group)
    let paging = try Paging(request.query)
    guard let texts = try store.shownIntegrations(of: group) else {
      throw APIError.groupNotFound(group)
    }
    return Outcome(payload: .list(Self.page(of: texts, paging)))
  }

  func getIntegration(_ type: String, of group: String) throws -> Outcome {
    let rule = TypeRules.rule(for: type)
    guard rule?.isInV2 != false else { throw APIError.unknownType(type) }
    try checkGroupID(group)
    guard let found = try store.shownIntegration(of: group, type: type) else {
      throw APIError.groupNotFound(group)
    }
    guard let text = found else {
      throw rule == nil ? APIError.unknownType(type) : .notConfigured(type)
    }
    return Outcome(payload: .object(text))
  }

  /// POST and PUT: both answer a page of all integrations of the project.
  func writeIntegration(
    _ type: String,
    of group: String,
    _ request: APIRequest
  ) throws -> Outcome {
    guard let rule = TypeRules.rule(for: type), rule.isInV2 else {
      throw APIError.unknownType(type)
    }
    try checkGroupID(group)
    let paging = try Paging(request.query)
    let body = try Self.object(request.body)
    let judge = IntegrationJudge(rule: rule, putSemantics: putSemantics)
    return try store.write { database in
      guard let key = try WorldStore.key(of: group, in: database) else {
        throw APIError.groupNotFound(group)
      }
      let stored = try WorldStore.integration(ofProjectKey: key, type: type, in: database)
      let verdict: IntegrationJudge.Verdict
      if request.method == "POST" {
        guard stored == nil else { throw APIError.alreadyConfigured(type) }
        verdict = try judge.verdict(creating: body)
      } else {
        verdict = try judge.verdict(replacing: stored?.document, with: body)
      }
      try WorldStore.store(
        verdict.document,
        type: type,
        id: store.ids.next(),
        ofProjectKey: key,
        in: database
      )
      let texts = try WorldStore.shownIntegrations(of: group, in: database) ?? []
      return Outcome(
        payload: .list(Self.page(of: texts, paging)),
        mutationWasMade: true,
        storesMask: verdict.storesMask
      )
    }
  }

  func deleteIntegration(_ type: String, of group: String) throws -> Outcome {
    let rule = TypeRules.rule(for: type)
    guard rule?.isInV2 != false else { throw APIError.unknownType(type) }
    try checkGroupID(group)
    return try store.write { database in
      guard let key = try WorldStore.key(of: group, in: database) else {
        throw APIError.groupNotFound(group)
      }
      if type == "WEBHOOK",
        try WorldStore.isNotified(type: type, ofProjectKey: key, in: database)
      {
        throw APIError.webhookInUse
      }
      guard try WorldStore.remove(type: type, ofProjectKey: key, in: database) else {
        throw rule == nil ? APIError.unknownType(type) : .notConfigured(type)
      }
      return Outcome(payload: .nothing, status: 204, mutationWasMade: true)
    }
  }

  private static func page(of texts: [String], _ paging: Paging) -> ListPage {
    let range = paging.range.clamped(to: 0..<texts.count)
    let items = range.count == texts.count ? texts : Array(texts[range])
    return ListPage(paging: paging, items: items, total: texts.count)
  }

  private static func object(_ body: [UInt8]) throws(APIError) -> JSONObject {
    let value: JSONValue
    do { value = try JSONValue(parsing: body) } catch { throw .malformedJSON }
    guard let object = value.objectValue else { throw .notAnObject }
    return object
  }
}

extension APIError {
  static func unknownType(_ type: String) -> APIError {
    .invalidEnumValue(type, of: "integrationType")
  }
}
