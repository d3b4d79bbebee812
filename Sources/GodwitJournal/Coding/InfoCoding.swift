internal import GodwitCore

// The stored form of a run's head.

extension SecretFingerprint {
  var stored: JSONValue {
    [
      "head": .string(head), "tail": .string(tail), "length": .number(JSONNumber(Int64(length))),
    ]
  }

  init?(stored: JSONValue?) {
    guard let object = stored?.objectValue, let head = object["head"]?.stringValue,
      let tail = object["tail"]?.stringValue, let length = object["length"]?.int64Value
    else { return nil }
    self.init(head: head, tail: tail, length: Int(length))
  }
}

extension SecretInput {
  var stored: JSONObject {
    var object: JSONObject = ["name": .string(name), "reference": .string(reference)]
    object.set("fingerprint", fingerprint?.stored)
    object.set("keyedHash", keyedHash.map(JSONValue.string))
    if let projectHashes {
      var hashes: JSONObject = [:]
      for (project, hash) in projectHashes.sorted(by: { $0.key < $1.key }) {
        hashes[project.text] = .string(hash)
      }
      object["projectHashes"] = .object(hashes)
    }
    return object
  }

  init?(stored: JSONValue?) {
    guard let object = stored?.objectValue, let name = object["name"]?.stringValue,
      let reference = object["reference"]?.stringValue
    else { return nil }
    self.init(
      name: name,
      reference: reference,
      fingerprint: SecretFingerprint(stored: object["fingerprint"]),
      keyedHash: object["keyedHash"]?.stringValue,
      projectHashes: object["projectHashes"]?.objectValue.map { hashes in
        Dictionary(
          hashes.compactMap { id, hash in hash.stringValue.map { (ProjectID(id), $0) } },
          uniquingKeysWith: { first, _ in first }
        )
      }
    )
  }
}

extension EscrowInput {
  var stored: JSONValue {
    [
      "type": .string(type.text), "field": .string(field), "secret": .object(secret.stored),
    ]
  }

  init?(stored: JSONValue) {
    guard let object = stored.objectValue, let type = object["type"]?.stringValue,
      let field = object["field"]?.stringValue, let secret = SecretInput(stored: object["secret"])
    else { return nil }
    self.init(type: IntegrationType(type), field: field, secret: secret)
  }
}

extension ScriptInfo {
  var stored: JSONObject {
    [
      "path": .string(path), "name": .string(name), "summary": .string(summary),
      "sha256": .string(sha256), "hasVerify": .bool(hasVerify),
      "isAutomation": .bool(isAutomation),
    ]
  }

  init?(stored: JSONObject?) {
    guard let stored, let path = stored["path"]?.stringValue,
      let name = stored["name"]?.stringValue, let sha256 = stored["sha256"]?.stringValue
    else { return nil }
    self.init(
      path: path,
      name: name,
      summary: stored["summary"]?.stringValue ?? "",
      sha256: sha256,
      hasVerify: stored["hasVerify"]?.boolValue ?? false,
      isAutomation: stored["isAutomation"]?.boolValue ?? false
    )
  }
}

extension RunTarget {
  var stored: JSONObject {
    var object: JSONObject = [
      "baseURL": .string(baseURL), "api": .string(api),
      "credentialKind": .string(credentialKind), "credentialTail": .string(credentialTail),
      "organizations": .array(
        organizations.map {
          [
            "id": .string($0.id.text), "name": .string($0.name),
            "projects": .number(JSONNumber(Int64($0.projects))),
          ]
        }
      ),
    ]
    if let world { object["world"] = ["file": .string(world.file), "id": .string(world.id)] }
    return object
  }

  init?(stored: JSONObject?) {
    guard let stored, let baseURL = stored["baseURL"]?.stringValue else { return nil }
    var world: World?
    if let object = stored["world"]?.objectValue, let file = object["file"]?.stringValue,
      let id = object["id"]?.stringValue
    {
      world = World(file: file, id: id)
    }
    self.init(
      baseURL: baseURL,
      api: stored["api"]?.stringValue ?? "v2",
      world: world,
      credentialKind: stored["credentialKind"]?.stringValue ?? "",
      credentialTail: stored["credentialTail"]?.stringValue ?? "",
      organizations: stored["organizations"]?.arrayValue?.compactMap { value in
        guard let object = value.objectValue, let id = object["id"]?.stringValue else {
          return nil
        }
        return OrganizationCount(
          id: OrganizationID(id),
          name: object["name"]?.stringValue ?? "",
          projects: object["projects"]?.int64Value.map(Int.init) ?? 0
        )
      } ?? []
    )
  }
}

extension RunInfo {
  /// All but the phase, which has a row of its own since it changes.
  var stored: JSONObject {
    [
      "id": .string(id),
      "createdSeconds": .number(JSONNumber(createdSeconds)),
      "toolVersion": .string(toolVersion),
      "script": .object(script.stored),
      "target": .object(target.stored),
      "parameters": .object(parameters),
      "typedParameters": .array(typedParameters.map(JSONValue.string)),
      "secrets": .array(secrets.map { .object($0.stored) }),
      "escrow": .array(escrow.map(\.stored)),
      "flags": .array(flags.map(\.rawValue).sorted().map(JSONValue.string)),
      "selection": .string(selection),
      "expirySeconds": .number(JSONNumber(expirySeconds)),
      "refusedBySelect": .number(JSONNumber(Int64(refusedBySelect))),
      "filteredOut": .number(JSONNumber(Int64(filteredOut))),
      "remarks": .array(remarks.map(JSONValue.string)),
    ]
  }

  init?(stored: JSONObject, phase: Phase) {
    guard let id = stored["id"]?.stringValue,
      let script = ScriptInfo(stored: stored["script"]?.objectValue),
      let target = RunTarget(stored: stored["target"]?.objectValue)
    else { return nil }
    self.init(
      id: id,
      createdSeconds: stored["createdSeconds"]?.int64Value ?? 0,
      phase: phase,
      toolVersion: stored["toolVersion"]?.stringValue ?? "",
      script: script,
      target: target,
      parameters: stored["parameters"]?.objectValue ?? [:],
      typedParameters: stored["typedParameters"]?.arrayValue?.compactMap(\.stringValue) ?? [],
      secrets: stored["secrets"]?.arrayValue?.compactMap { SecretInput(stored: $0) } ?? [],
      escrow: stored["escrow"]?.arrayValue?.compactMap(EscrowInput.init(stored:)) ?? [],
      flags: Set(
        stored["flags"]?.arrayValue?.compactMap { $0.stringValue.flatMap(PlanFlag.init) } ?? []
      ),
      selection: stored["selection"]?.stringValue ?? "",
      expirySeconds: stored["expirySeconds"]?.int64Value ?? 86_400,
      refusedBySelect: stored["refusedBySelect"]?.int64Value.map(Int.init) ?? 0,
      filteredOut: stored["filteredOut"]?.int64Value.map(Int.init) ?? 0,
      remarks: stored["remarks"]?.arrayValue?.compactMap(\.stringValue) ?? []
    )
  }
}
