import GRDB
import GodwitCore

/// Third-party integrations: list, get, create, create or update, delete.
extension AtlasAPI {
  func listIntegrations(of group: String, _ call: Call) throws -> Outcome {
    try checkGroupID(group)
    let paging = try call.paging()
    let texts = try store.read { try shownIntegrations(of: group, call.generation, in: $0) }
    guard let texts else { throw APIError.groupNotFound(group) }
    return Outcome(payload: .list(Self.page(of: texts, paging)))
  }

  /// What a generation lists of a project; `nil` if there is no such project.
  private func shownIntegrations(
    of group: String,
    _ generation: Generation,
    in database: Database
  ) throws -> [String]? {
    if generation == .v2 { return try WorldStore.shownIntegrations(of: group, in: database) }
    guard let key = try WorldStore.key(of: group, in: database) else { return nil }
    return try WorldStore.integrations(ofProjectKey: key, in: database).compactMap { type, row in
      WireForm.v1(type: type, document: row.document, masking: v1Masking)
    }
  }

  func getIntegration(_ type: String, of group: String, _ call: Call) throws -> Outcome {
    let isUnknown = try checkType(type, call.generation)
    try checkGroupID(group)
    let text: String?? =
      call.generation == .v2
      ? try store.shownIntegration(of: group, type: type)
      : try store.read { database in
        guard let key = try WorldStore.key(of: group, in: database) else { return nil }
        let row = try WorldStore.integration(ofProjectKey: key, type: type, in: database)
        return .some(
          row.flatMap { WireForm.v1(type: type, document: $0.document, masking: v1Masking) }
        )
      }
    guard let found = text else { throw APIError.groupNotFound(group) }
    guard let shown = found else {
      throw isUnknown ? APIError.unknownType(type) : .notConfigured(type)
    }
    return Outcome(payload: .object(shown))
  }

  /// POST and PUT: both answer a page of all integrations of the project.
  func writeIntegration(_ type: String, of group: String, _ call: Call) throws -> Outcome {
    guard let rule = TypeRules.rule(for: type, in: call.generation) else {
      throw APIError.unknownType(type)
    }
    try checkGroupID(group)
    let paging = try call.paging()
    let body = try Self.object(call.request.body)
    let judge = IntegrationJudge(
      rule: rule,
      putSemantics: putSemantics,
      generation: call.generation
    )
    return try store.write { database in
      guard let key = try WorldStore.key(of: group, in: database) else {
        throw APIError.groupNotFound(group)
      }
      let stored = try WorldStore.integration(ofProjectKey: key, type: type, in: database)
      let verdict: IntegrationJudge.Verdict
      if call.request.method == "POST" {
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
      let texts = try shownIntegrations(of: group, call.generation, in: database) ?? []
      return Outcome(
        payload: .list(Self.page(of: texts, paging)),
        mutationWasMade: true,
        storesMask: verdict.storesMask
      )
    }
  }

  func deleteIntegration(_ type: String, of group: String, _ call: Call) throws -> Outcome {
    let isUnknown = try checkType(type, call.generation)
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
        throw isUnknown ? APIError.unknownType(type) : .notConfigured(type)
      }
      return Outcome(payload: .nothing, status: 204, mutationWasMade: true)
    }
  }

  /// Whether a type is one that no rule knows, which v2 finds where a project has it.
  ///
  /// - Throws: the refusal of a type that this generation does not know.
  private func checkType(_ type: String, _ generation: Generation) throws(APIError) -> Bool {
    if TypeRules.rule(for: type, in: generation) != nil { return false }
    guard generation == .v2, TypeRules.rule(for: type) == nil else { throw .unknownType(type) }
    return true
  }

  private static func page(of texts: [String], _ paging: Paging) -> ListPage {
    let range = paging.range.clamped(to: 0..<texts.count)
    let items = range.count == texts.count ? texts : Array(texts[range])
    return ListPage(paging: paging, items: items, total: texts.count)
  }
}

extension APIError {
  static func unknownType(_ type: String) -> APIError {
    .invalidEnumValue(type, of: "integrationType")
  }
}
