import GodwitCore

extension RunJSON {
  /// One element of `projects`.
  static func form(of record: ProjectRecord) -> JSONObject {
    let project = record.project
    var object: JSONObject = [
      "id": .string(project.id.text),
      "name": .string(project.name),
      "orgId": .string(project.organization.text),
      "outcome": .string(record.outcome.rawValue),
      "reason": record.reason.map { .string($0) } ?? .null,
      "at": form(of: record.position),
      "operations": .array(record.operations.map { .object(form(of: $0)) }),
      "tasks": .array(record.plan.tasks.map { .object(form(of: $0)) }),
    ]
    if let advice = record.advice { object["advice"] = .string(advice) }
    if record.needsPerson { object["needsPerson"] = true }
    if !record.plan.operations.isEmpty {
      object["shape"] = .string(ProjectShape(record.plan).digest)
    }
    if !record.plan.logs.isEmpty {
      object["logs"] = .array(record.plan.logs.map { .object(form(of: $0)) })
    }
    if !record.plan.unchangedSecrets.isEmpty {
      object["unchangedSecrets"] = .array(
        record.plan.unchangedSecrets.map { secret in
          [
            "type": .string(secret.type.text),
            "field": .string(secret.field),
            "tail": .string(secret.tail),
          ]
        }
      )
    }
    if !record.plan.affectedAlerts.isEmpty {
      object["affectedAlerts"] = .array(
        record.plan.affectedAlerts.map { alert in
          [
            "type": .string(alert.type.text),
            "id": alert.id.map { .string($0.text) } ?? .null,
            "eventTypeName": .string(alert.eventTypeName),
            "reachesNobody": .bool(alert.isSilenced),
          ]
        }
      )
    }
    return object
  }

  private static func form(of position: ScriptPosition?) -> JSONValue {
    guard let position else { return .null }
    return [
      "file": .string(position.file),
      "line": .number(JSONNumber(Int64(position.line))),
    ]
  }

  private static func form(of record: ProjectRecord.OperationRecord) -> JSONObject {
    let operation = record.operation
    var object: JSONObject = [
      "number": .number(JSONNumber(Int64(operation.number))),
      "verb": .string(operation.verb.rawValue),
      "type": .string(operation.target.kind),
      "target": .object(form(of: operation.target)),
      "grade": .string(operation.grade.rawValue),
      "status": .string(record.status.rawValue),
      "changes": .array(operation.changes.map { .object(form(of: $0, in: operation)) }),
      "at": form(of: operation.position),
    ]
    if !operation.lostSecrets.isEmpty {
      object["lostSecrets"] = .array(operation.lostSecrets.map { .string($0) })
    }
    if record.wasRepeated { object["wasRepeated"] = true }
    return object
  }

  private static func form(of target: OperationTarget) -> JSONObject {
    switch target {
    case .integration(let type): return ["kind": "integration", "type": .string(type.text)]
    case .alert(let alert):
      return [
        "kind": "alert", "id": alert.id.map { .string($0.text) } ?? .null,
        "eventTypeName": .string(alert.eventTypeName),
      ]
    case .request(let request):
      return [
        "kind": "request", "method": .string(request.method), "path": .string(request.path),
        "query": .object(request.query),
      ]
    }
  }

  private static func form(of change: FieldChange, in operation: Operation) -> JSONObject {
    var after = change.after ?? .null
    if change.after == nil, case .secret(let reference)? = operation.body?[change.field] {
      after = .secret(reference)
    }
    var object: JSONObject = [
      "field": .string(change.field),
      "before": change.before ?? .null,
      "after": after,
    ]
    if change.isUnknowable { object["cannotKnow"] = true }
    return object
  }

  static func form(of task: PersonTask) -> JSONObject {
    [
      "type": task.type.map { .string($0.text) } ?? .null,
      "title": .string(task.title),
      "url": task.url.map { .string($0) } ?? .null,
      "detail": task.detail.map { .string($0) } ?? .null,
    ]
  }

  private static func form(of log: LogLine) -> JSONObject {
    [
      "level": .string(log.level.rawValue),
      "message": .string(log.message),
      "at": form(of: log.position),
    ]
  }
}
