internal import GodwitCore

// The stored form of plans: plain JSON, in which masked values and secret references are tagged.

extension ScriptPosition {
  var stored: JSONValue {
    ["file": .string(file), "line": .number(JSONNumber(Int64(line)))]
  }

  init?(stored: JSONValue?) {
    guard let object = stored?.objectValue, let file = object["file"]?.stringValue,
      let line = object["line"]?.int64Value
    else { return nil }
    self.init(file: file, line: Int(line))
  }
}

extension JSONObject {
  /// Sets a key unless the value is `nil`.
  mutating func set(_ key: String, _ value: JSONValue?) {
    if let value { self[key] = value }
  }
}

extension Project {
  var stored: JSONObject {
    [
      "created": .string(created),
      "clusterCount": .number(JSONNumber(Int64(clusterCount))),
      "tags": .object(JSONObject(tags.map { ($0.key, .string($0.value)) })),
      "variables": .object(JSONObject(variables.map { ($0.key, .string($0.value)) })),
    ]
  }

  init(id: String, name: String, organization: String, stored: JSONObject) {
    func strings(_ key: String) -> [String: String] {
      var result: [String: String] = [:]
      for (key, value) in stored[key]?.objectValue ?? [:] { result[key] = value.stringValue }
      return result
    }
    self.init(
      id: ProjectID(id),
      name: name,
      organization: OrganizationID(organization),
      created: stored["created"]?.stringValue ?? "",
      clusterCount: stored["clusterCount"]?.int64Value.map(Int.init) ?? 0,
      tags: strings("tags"),
      variables: strings("variables")
    )
  }
}

extension FieldChange {
  var stored: JSONValue {
    var object: JSONObject = ["field": .string(field)]
    object.set("before", before)
    object.set("after", after)
    if isUnknowable { object["isUnknowable"] = true }
    return .object(object)
  }

  init?(stored: JSONValue) {
    guard let object = stored.objectValue, let field = object["field"]?.stringValue else {
      return nil
    }
    self.init(
      field: field,
      before: object["before"],
      after: object["after"],
      isUnknowable: object["isUnknowable"]?.boolValue ?? false
    )
  }
}

extension Operation {
  var stored: JSONObject {
    var object: JSONObject = [
      "verb": .string(verb.rawValue),
      "changes": .array(changes.map(\.stored)),
      "grade": .string(grade.rawValue),
    ]
    target.store(in: &object)
    object.set("before", before.map(JSONValue.object))
    object.set("body", body.map(JSONValue.object))
    object.set("after", after.map(JSONValue.object))
    object.set("position", position?.stored)
    if !lostSecrets.isEmpty {
      object["lostSecrets"] = .array(lostSecrets.map(JSONValue.string))
    }
    return object
  }

  init?(number: Int, stored object: JSONObject) {
    guard let verb = object["verb"]?.stringValue.flatMap(Verb.init(rawValue:)),
      let target = OperationTarget(stored: object),
      let grade = object["grade"]?.stringValue.flatMap(Reversibility.init(rawValue:)),
      let changes = object["changes"]?.arrayValue
    else { return nil }
    self.init(
      number: number,
      verb: verb,
      target: target,
      before: object["before"]?.objectValue,
      body: object["body"]?.objectValue,
      after: object["after"]?.objectValue,
      changes: changes.compactMap(FieldChange.init(stored:)),
      grade: grade,
      lostSecrets: object["lostSecrets"]?.arrayValue?.compactMap(\.stringValue) ?? [],
      position: ScriptPosition(stored: object["position"])
    )
  }
}

extension ReadSet {
  var stored: JSONValue {
    func form(_ images: [(String, JSONObject?)]) -> JSONValue {
      .object(JSONObject(images.map { ($0.0, $0.1.map(JSONValue.object) ?? .null) }))
    }
    var object: JSONObject = [
      "isEverything": .bool(isEverything),
      "images": form(images.map { ($0.key.text, $0.value) }),
    ]
    if !alerts.isEmpty { object["alerts"] = form(alerts.map { ($0.key.text, $0.value) }) }
    if !paths.isEmpty { object["paths"] = form(paths.map { ($0.key, $0.value) }) }
    if !alertsThrough.isEmpty {
      object["alertsThrough"] = .array(alertsThrough.sorted().map { .string($0.text) })
    }
    if !knownAlerts.isEmpty {
      object["knownAlerts"] = .array(knownAlerts.sorted().map { .string($0.text) })
    }
    return .object(object)
  }

  init(stored: JSONValue?) {
    let stored = stored?.objectValue ?? [:]
    func texts(_ key: String) -> [String] {
      stored[key]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
    self.init(isEverything: stored["isEverything"]?.boolValue ?? false)
    for (type, image) in stored["images"]?.objectValue ?? [:] {
      images[IntegrationType(type)] = .some(image.objectValue)
    }
    for (id, image) in stored["alerts"]?.objectValue ?? [:] {
      alerts[AlertConfigurationID(id)] = .some(image.objectValue)
    }
    for (path, image) in stored["paths"]?.objectValue ?? [:] {
      paths[path] = .some(image.objectValue)
    }
    alertsThrough = Set(texts("alertsThrough").map { IntegrationType($0) })
    knownAlerts = Set(texts("knownAlerts").map { AlertConfigurationID($0) })
  }
}

extension PersonTask {
  var stored: JSONValue {
    var object: JSONObject = ["title": .string(title)]
    object.set("url", url.map(JSONValue.string))
    object.set("detail", detail.map(JSONValue.string))
    object.set("type", type.map { JSONValue.string($0.text) })
    return .object(object)
  }

  init?(stored: JSONValue) {
    guard let object = stored.objectValue, let title = object["title"]?.stringValue else {
      return nil
    }
    self.init(
      title: title,
      url: object["url"]?.stringValue,
      detail: object["detail"]?.stringValue,
      type: object["type"]?.stringValue.map { IntegrationType($0) }
    )
  }
}

extension LogLine {
  var stored: JSONValue {
    var object: JSONObject = ["level": .string(level.rawValue), "message": .string(message)]
    object.set("position", position?.stored)
    return .object(object)
  }

  init?(stored: JSONValue) {
    guard let object = stored.objectValue, let message = object["message"]?.stringValue,
      let level = object["level"]?.stringValue.flatMap(Level.init(rawValue:))
    else { return nil }
    self.init(
      level: level,
      message: message,
      position: ScriptPosition(stored: object["position"])
    )
  }
}

/// Why a project is in its bucket: kept for planning and for applying alike.
struct StoredReason {
  var reason: String?
  var advice: String?
  var position: ScriptPosition?
  var needsPerson = false

  var members: JSONObject {
    var object: JSONObject = [:]
    object.set("reason", reason.map(JSONValue.string))
    object.set("advice", advice.map(JSONValue.string))
    object.set("position", position?.stored)
    if needsPerson { object["needsPerson"] = true }
    return object
  }

  init(
    reason: String?,
    advice: String?,
    position: ScriptPosition?,
    needsPerson: Bool = false
  ) {
    self.reason = reason
    self.advice = advice
    self.position = position
    self.needsPerson = needsPerson
  }

  init(_ object: JSONObject) {
    reason = object["reason"]?.stringValue
    advice = object["advice"]?.stringValue
    position = ScriptPosition(stored: object["position"])
    needsPerson = object["needsPerson"]?.boolValue ?? false
  }
}

extension ProjectPlan {
  /// All but the project, the outcome and the operations, which have columns and rows of their own.
  var storedDetail: JSONObject {
    var object = StoredReason(reason: reason, advice: advice, position: position).members
    if !tasks.isEmpty { object["tasks"] = .array(tasks.map(\.stored)) }
    if !logs.isEmpty { object["logs"] = .array(logs.map(\.stored)) }
    if !reads.isEmpty { object["reads"] = reads.stored }
    if !unchangedSecrets.isEmpty {
      object["unchangedSecrets"] = .array(
        unchangedSecrets.map {
          ["type": .string($0.type.text), "field": .string($0.field), "tail": .string($0.tail)]
        }
      )
    }
    if !affectedAlerts.isEmpty { object["affectedAlerts"] = .array(affectedAlerts.map(\.stored)) }
    return object
  }

  init(
    project: Project,
    outcome: ProjectOutcome,
    detail: JSONObject,
    operations: [Operation]
  ) {
    let why = StoredReason(detail)
    self.init(
      project: project,
      outcome: outcome,
      reason: why.reason,
      advice: why.advice,
      position: why.position,
      operations: operations,
      tasks: detail["tasks"]?.arrayValue?.compactMap(PersonTask.init(stored:)) ?? [],
      logs: detail["logs"]?.arrayValue?.compactMap(LogLine.init(stored:)) ?? [],
      reads: ReadSet(stored: detail["reads"]),
      unchangedSecrets: detail["unchangedSecrets"]?.arrayValue?.compactMap { value in
        guard let object = value.objectValue, let type = object["type"]?.stringValue,
          let field = object["field"]?.stringValue, let tail = object["tail"]?.stringValue
        else { return nil }
        return UnchangedSecret(type: IntegrationType(type), field: field, tail: tail)
      } ?? [],
      affectedAlerts: detail["affectedAlerts"]?.arrayValue?.compactMap(
        AffectedAlert.init(stored:)
      ) ?? []
    )
  }
}
