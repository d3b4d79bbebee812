public import GodwitCore

/// A parameter that a migration declares.
public struct ParameterSpec: Sendable, Hashable {
  /// What a parameter holds.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Text.
    case string
    /// A number.
    case number
    /// `true` or `false`.
    case boolean
    /// A secret, given by reference and never seen by the script.
    case secret
  }

  /// The parameter's name.
  public var name: String
  /// What it holds.
  public var kind: Kind
  /// The value if none is given.
  public var defaultValue: JSONValue?
  /// The only values that are allowed, if that is limited.
  public var choices: [JSONValue]
  /// What it is for.
  public var help: String
  /// Whether it may be left out although it has no default.
  public var isOptional: Bool
  /// The line that declares it.
  public var position: ScriptPosition?

  /// Whether a value must be given.
  public var isRequired: Bool { defaultValue == nil && !isOptional }

  /// Turns text, as a command line or a targets file has it, into a value of the right type.
  ///
  /// - Throws: ``Diagnostic`` that names the parameter and what is allowed.
  public func value(fromText text: String) throws(Diagnostic) -> JSONValue {
    switch kind {
    case .string: return try checked(.string(text))
    case .boolean:
      switch text.lowercased() {
      case "true", "yes", "1": return try checked(true)
      case "false", "no", "0": return try checked(false)
      default:
        throw Diagnostic("parameter \(name) is a boolean", advice: "give true or false")
      }
    case .number:
      guard let value = try? JSONValue(parsing: text), case .number(let number) = value,
        number.doubleValue.isFinite
      else {
        throw Diagnostic(
          "parameter \(name) is a number",
          detail: "\"\(text)\" is not one",
          advice: "give digits, for example 5 or 0.25"
        )
      }
      return try checked(value)
    case .secret: throw secretGivenAsText
    }
  }

  /// Checks a value from a parameters file.
  ///
  /// - Throws: ``Diagnostic`` that names the parameter and what is allowed.
  public func value(from value: JSONValue) throws(Diagnostic) -> JSONValue {
    switch (kind, value) {
    case (.secret, _): throw secretGivenAsText
    case (.string, .string), (.number, .number), (.boolean, .bool): return try checked(value)
    default:
      throw Diagnostic("parameter \(name) must be a \(kind.rawValue), not \(value.kindName)")
    }
  }

  /// A diagnostic that shows no value.
  private var secretGivenAsText: Diagnostic {
    Diagnostic(
      "parameter \(name) is a secret and cannot be given as text",
      advice: "give a reference: --secret \(name)=env:VARIABLE or --secret \(name)=file:PATH"
    )
  }

  private func checked(_ value: JSONValue) throws(Diagnostic) -> JSONValue {
    guard choices.isEmpty || choices.contains(value) else {
      let shown = choices.map { $0.encodedString() }.joined(separator: ", ")
      throw Diagnostic(
        "parameter \(name) cannot be \(value.encodedString())",
        advice: "choose one of \(shown)"
      )
    }
    return value
  }
}
