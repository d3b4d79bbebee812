internal import GodwitCore
internal import LuaVM

/// The requests of a script that need nothing from Atlas.
enum HostLibrary {
  /// Answers a request, or returns `nil` if it is not one of these.
  static func answer(
    _ request: LuaRequest,
    modules: ModuleStore,
    fingerprints: [String: SecretFingerprint] = [:]
  ) -> LuaAnswer? {
    switch request.name {
    case "json.encode": encode(request.arguments.first ?? .nil)
    case "json.decode": decode(request.arguments.first ?? .nil)
    case "require": require(request.arguments.first?.text ?? "", modules: modules)
    case "masked.matches": matches(request.arguments, fingerprints: fingerprints)
    default: nil
    }
  }

  private static func encode(_ value: LuaValue) -> LuaAnswer {
    do throws(ValueRefusal) {
      let json = try JSONValue(value)
      guard !json.holdsOpaque else {
        return .raise("json.encode: masked values and secrets have no JSON form; use tostring")
      }
      return .values([.string(json.encodedString())])
    } catch {
      return .raise(.string(error.message(about: "json.encode")))
    }
  }

  private static func decode(_ value: LuaValue) -> LuaAnswer {
    guard case .string(let text) = value else {
      return .raise("json.decode takes a string of valid UTF-8")
    }
    do throws(JSONParseError) {
      return .values([LuaValue(try JSONValue(parsing: text))])
    } catch {
      return .raise(.string("json.decode: \(error)"))
    }
  }

  private static func require(_ name: String, modules: ModuleStore) -> LuaAnswer {
    do throws(LuaError) {
      if let program = try modules.program(name) { return .values([.program(program)]) }
      let names = modules.names
      let advice =
        names.isEmpty
        ? "modules are files of the folder lib beside the script, required as \"lib.name\""
        : Suggestion.advice(for: name, in: names)
      return .raise(.string("there is no module \"\(name)\"; \(advice)"))
    } catch {
      return .raise(.string("module \"\(name)\": \(error)"))
    }
  }

  private static func matches(
    _ arguments: LuaArguments,
    fingerprints: [String: SecretFingerprint]
  ) -> LuaAnswer {
    guard arguments.count == 2, case .opaque(let masked) = arguments[0],
      masked.kind == OpaqueKind.masked, case .opaque(let secret) = arguments[1],
      secret.kind == OpaqueKind.secret
    else {
      return .raise("matches takes a secret: integration.apiKey:matches(params.apiKey)")
    }
    guard let fingerprint = fingerprints[secret.payload] else { return .values([.nil]) }
    let result = MaskedValue(payload: masked.payload).matches(fingerprint)
    return .values([result.map(LuaValue.boolean) ?? .nil])
  }
}
