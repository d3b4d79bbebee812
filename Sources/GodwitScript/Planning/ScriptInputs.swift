public import GodwitCore
internal import LuaVM

/// The values of a run's parameters, before and after each project's row of the targets file.
public struct ScriptInputs: Sendable {
  /// Values that were typed: strongest.
  public var typed: JSONObject
  /// Values of the parameters file: weakest but for the defaults.
  public var fromFile: JSONObject
  /// The secret parameters that have a value.
  public var secretNames: Set<String>

  /// Makes inputs.
  public init(typed: JSONObject = [:], fromFile: JSONObject = [:], secretNames: Set<String> = []) {
    self.typed = typed
    self.fromFile = fromFile
    self.secretNames = secretNames
  }

  /// The values that hold for every project without a column of its own.
  public func common(_ specs: [ParameterSpec]) -> JSONObject {
    var result: JSONObject = [:]
    for spec in specs where spec.kind != .secret {
      result[spec.name] = typed[spec.name] ?? fromFile[spec.name] ?? spec.defaultValue
    }
    return result
  }

  /// The required parameters that have no value for a project.
  public func missing(_ specs: [ParameterSpec], columns: Set<String>) -> [ParameterSpec] {
    let values = common(specs)
    return specs.filter { spec in
      guard spec.isRequired else { return false }
      if spec.kind == .secret { return !secretNames.contains(spec.name) }
      return values[spec.name] == nil && !columns.contains(spec.name)
    }
  }

  /// What a project's script gets as `params`.
  ///
  /// - Throws: ``Diagnostic`` for a column that does not fit its parameter.
  func table(_ specs: [ParameterSpec], for project: Project) throws(Diagnostic) -> LuaTable {
    var fields: [LuaTable.Field] = []
    for spec in specs {
      let value: LuaValue
      if spec.kind == .secret {
        guard secretNames.contains(spec.name) else { continue }
        value = .opaque(LuaOpaque(SecretReference(name: spec.name)))
      } else if let typed = typed[spec.name] {
        value = LuaValue(typed)
      } else if let column = project.variables[spec.name], !column.isEmpty {
        value = LuaValue(try spec.value(fromText: column))
      } else if let other = fromFile[spec.name] ?? spec.defaultValue {
        value = LuaValue(other)
      } else if spec.isRequired {
        throw Diagnostic(
          "parameter \(spec.name) has no value for this project",
          advice: "fill in the column \(spec.name) of the targets file"
        )
      } else {
        continue
      }
      fields.append(LuaTable.Field(key: .string(spec.name), value: value))
    }
    return LuaTable(fields: fields)
  }
}
