import Foundation
import GodwitCore
import TOMLKit

/// Reads the file of `--params-file`: JSON if it ends in `.json`, else TOML.
enum ParametersFile {
  /// The values at the top level of the file.
  ///
  /// - Throws: `Diagnostic` with the line of what is wrong.
  static func read(_ path: String) throws -> JSONObject {
    let data = try InputFile.contents(of: path, called: "parameters file")
    if path.hasSuffix(".json") {
      let value: JSONValue
      do throws(JSONParseError) { value = try JSONValue(parsing: Array(data)) } catch {
        throw Diagnostic("\(path): \(error)")
      }
      guard case .object(let object) = value else {
        throw Diagnostic(
          "\(path): this is no JSON object",
          advice: "parameters are its members: {\"name\": \"value\"}"
        )
      }
      return object
    }
    do {
      let table = try TOMLTable(string: String(decoding: data, as: UTF8.self))
      var result: JSONObject = [:]
      for (name, value) in table {
        result[name] = try Self.value(value, name: name, path: path)
      }
      return result
    } catch let error as TOMLParseError {
      throw Diagnostic(
        "\(path), line \(error.source.begin.line): not TOML",
        detail: error.description
      )
    }
  }

  private static func value(
    _ value: any TOMLValueConvertible,
    name: String,
    path: String
  ) throws -> JSONValue {
    if let text = value.string { return .string(text) }
    if let flag = value.bool { return .bool(flag) }
    if let integer = value.int { return .number(JSONNumber(Int64(integer))) }
    if let double = value.double, let number = JSONNumber(double) { return .number(number) }
    throw Diagnostic(
      "\(path): \(name) is neither text, number nor boolean",
      advice: "parameters are simple values"
    )
  }
}
