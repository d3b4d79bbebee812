internal import Crypto
internal import Foundation

/// The key with which a machine marks the plans that it makes, to know them again.
///
/// It is a user's, not a run's: whoever lacks it can make a plan, and cannot make one that passes for
/// this user's.
public struct PlanKey: Sendable {
  /// Why a text is no key.
  public enum Flaw: Error, Sendable, Hashable {
    /// It is neither hexadecimal digits nor Base64.
    case malformed
    /// It has fewer than 32 bytes.
    case tooShort(bytes: Int)
    /// It has too few different bytes to be random.
    case notRandom
  }

  /// The fewest bytes of a key.
  public static let minimumCount = 32
  private static let maximumCount = 1024

  /// What tells keys apart without saying anything of them: 16 hexadecimal digits.
  public let id: String
  private let key: SymmetricKey

  /// Takes bytes as a key.
  ///
  /// - Throws: ``Flaw`` for fewer than 32 bytes, or bytes that nobody drew at random.
  public init(bytes: [UInt8]) throws(Flaw) {
    guard bytes.count >= Self.minimumCount else { throw .tooShort(bytes: bytes.count) }
    guard bytes.count <= Self.maximumCount else { throw .malformed }
    guard Set(bytes).count >= Self.minimumCount / 4 else { throw .notRandom }
    key = SymmetricKey(data: bytes)
    id = String(Self.code("godwit plan key", under: key).prefix(16))
  }

  /// Reads a key as it is kept: hexadecimal digits or Base64, with white space around.
  ///
  /// - Throws: ``Flaw`` for anything else.
  public init(text: String) throws(Flaw) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard text.utf8.count <= 2 * Self.maximumCount else { throw .malformed }
    if let bytes = Self.hexadecimal(text) {
      try self.init(bytes: bytes)
    } else if let data = Data(base64Encoded: text) {
      try self.init(bytes: Array(data))
    } else {
      throw .malformed
    }
  }

  private static func hexadecimal(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      guard pair.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
        let byte = UInt8(pair, radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func code(_ text: String, under key: SymmetricKey) -> String {
    PlanHash.hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
  }

  /// The code of a plan: HMAC-SHA256 of its hash, in hexadecimal digits.
  func code(ofPlanHash hash: String) -> String {
    Self.code("godwit plan 1 \(hash)", under: key)
  }

  /// Whether a code is that of a plan; takes as long for every wrong code.
  func accepts(_ code: String, ofPlanHash hash: String) -> Bool {
    let expected = Data(self.code(ofPlanHash: hash).utf8)
    return HMAC<SHA256>.isValidAuthenticationCode(
      HMAC<SHA256>.authenticationCode(for: expected, using: key),
      authenticating: Data(code.utf8),
      using: key
    )
  }
}
