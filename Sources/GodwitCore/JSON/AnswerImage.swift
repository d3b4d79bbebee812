/// The answer of a path that the tool knows nothing more of, as an image: an object.
///
/// What is no object itself, such as a list, is kept under the one key `""`, which no object of
/// Atlas has.
public enum AnswerImage {
  private static let key = ""
  private static let leftOut: Set<String> = ["links"]

  /// The image of an answer, or of a body.
  public static func image(_ value: JSONValue) -> JSONObject {
    guard let object = value.objectValue else { return [key: value] }
    return object.removing { key, _ in leftOut.contains(key) }
  }

  /// The value that an image stands for.
  public static func value(_ image: JSONObject) -> JSONValue {
    if image.count == 1, let value = image[key] { return value }
    return .object(image)
  }
}

extension RequestTarget {
  /// The query as texts, as a request takes it.
  public var texts: [String: String] {
    var result: [String: String] = [:]
    for (name, value) in query { result[name] = value.stringValue ?? value.encodedString() }
    return result
  }
}
