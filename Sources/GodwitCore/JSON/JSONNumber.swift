/// A JSON number that keeps the text it was read from.
///
/// Atlas' numbers pass through a plan and back unchanged, 64-bit integers and trailing zeros
/// included, because the text and not a `Double` is what is kept.
public struct JSONNumber: Sendable {
  /// The number as JSON text, for example `"1200"` or `"1.50"`.
  public let text: String

  /// Makes a number from JSON text that is already known to be well-formed.
  init(validated text: String) {
    self.text = text
  }

  /// Makes an integer.
  public init(_ integer: Int64) {
    text = String(integer)
  }

  /// Makes a number from a floating-point value.
  ///
  /// - Returns: `nil` for NaN and the infinities, which JSON does not have.
  public init?(_ double: Double) {
    guard double.isFinite else { return nil }
    text = "\(double)"
  }

  /// The value as a 64-bit integer; `nil` for fractions, exponents and larger numbers.
  public var int64Value: Int64? {
    Int64(text)
  }

  /// The nearest floating-point value.
  public var doubleValue: Double {
    Double(text) ?? .nan
  }
}

extension JSONNumber: Hashable {
  /// Two numbers are equal when they mean the same value, however they are written.
  ///
  /// Beyond the range of 64-bit integers a `Double` tells; beyond its range, the text.
  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    if left.text == right.text { return true }
    switch (left.int64Value, right.int64Value) {
    case (let left?, let right?): return left == right
    case (nil, nil): return left.doubleValue.isFinite && left.doubleValue == right.doubleValue
    case (let integer?, nil): return Int64(exactly: right.doubleValue) == integer
    case (nil, let integer?): return Int64(exactly: left.doubleValue) == integer
    }
  }

  /// Feeds the numeric value, so that equal numbers hash alike.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(doubleValue)
  }
}
