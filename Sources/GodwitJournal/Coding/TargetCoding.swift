internal import GodwitCore

// The stored form of what an operation writes to. That of an integration is the one of format 1.

extension OperationTarget {
  /// Adds the target's keys to an operation's.
  func store(in object: inout JSONObject) {
    switch self {
    case .integration(let type): object["type"] = .string(type.text)
    case .alert(let alert):
      var stored: JSONObject = ["eventTypeName": .string(alert.eventTypeName)]
      stored.set("id", alert.id.map { .string($0.text) })
      if alert.isLegacy { stored["isLegacy"] = true }
      object["alert"] = .object(stored)
    case .request(let request):
      object["request"] = [
        "method": .string(request.method), "path": .string(request.path),
        "query": .object(request.query),
      ]
    }
  }

  /// Reads the target among the keys of an operation.
  init?(stored object: JSONObject) {
    if let type = object["type"]?.stringValue {
      self = .integration(IntegrationType(type))
    } else if let alert = object["alert"]?.objectValue {
      self = .alert(
        AlertTarget(
          id: alert["id"]?.stringValue.map { AlertConfigurationID($0) },
          eventTypeName: alert["eventTypeName"]?.stringValue ?? "",
          isLegacy: alert["isLegacy"]?.boolValue ?? false
        )
      )
    } else if let request = object["request"]?.objectValue,
      let method = request["method"]?.stringValue, let path = request["path"]?.stringValue
    {
      self = .request(
        RequestTarget(
          method: method,
          path: path,
          query: request["query"]?.objectValue ?? [:]
        )
      )
    } else {
      return nil
    }
  }
}

extension AffectedAlert {
  var stored: JSONValue {
    var object: JSONObject = [
      "type": .string(type.text), "eventTypeName": .string(eventTypeName),
      "isSilenced": .bool(isSilenced),
    ]
    object.set("id", id.map { .string($0.text) })
    return .object(object)
  }

  init?(stored: JSONValue) {
    guard let object = stored.objectValue, let type = object["type"]?.stringValue else {
      return nil
    }
    self.init(
      type: IntegrationType(type),
      id: object["id"]?.stringValue.map { AlertConfigurationID($0) },
      eventTypeName: object["eventTypeName"]?.stringValue ?? "",
      isSilenced: object["isSilenced"]?.boolValue ?? false
    )
  }
}
