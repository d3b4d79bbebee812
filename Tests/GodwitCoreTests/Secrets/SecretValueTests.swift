import GodwitCore
import Testing

@Suite struct SecretValueTests {
  private struct Holder {
    var name = "apiKey"
    var secret: SecretValue
  }

  @Test func `nothing that describes a value shows it`() {
    let secret = SecretValue("hunter2hunter2")
    let holder = Holder(secret: secret)
    var dumped = ""
    dump(holder, to: &dumped)
    dump([secret], to: &dumped)
    dump(Optional(secret), to: &dumped)
    let texts = [
      "\(secret)", secret.debugDescription, String(reflecting: secret), String(describing: secret),
      "\(holder)", String(reflecting: holder), "\([secret])", String(describing: Optional(secret)),
      "\(["k": secret])", "\((1, secret))", dumped, "\(Mirror(reflecting: secret).children.count)",
    ]
    for text in texts {
      #expect(!text.contains("hunter"))
      #expect(!text.contains("104"))
    }
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  static let fingerprints: [(String, String, Int)] = [
    ("", "", 0), ("1234", "", 4), ("12345", "2345", 5), ("0123456789abcdef", "cdef", 16),
    ("ää😀éb", "ä😀éb", 5),
  ]

  @Test(arguments: fingerprints) func `a fingerprint has the end of what is long enough`(
    text: String,
    tail: String,
    length: Int
  ) {
    #expect(
      SecretValue(text).fingerprint == SecretFingerprint(head: "", tail: tail, length: length)
    )
  }

  @Test func `the keyed hash is HMAC-SHA256`() {
    // RFC 4231, test case 2.
    let hash = SecretValue("what do ya want for nothing?").keyedHash(key: Array("Jefe".utf8))
    #expect(hash == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(SecretValue("a").keyedHash(key: [1]) != SecretValue("a").keyedHash(key: [2]))
  }

  @Test func `the bytes are lent`() {
    #expect(SecretValue([1, 2]).withBytes { $0 } == [1, 2])
    #expect(SecretValue("").isEmpty)
    #expect(!SecretValue("a").isEmpty)
  }

  @Test func `a reference names its secret`() {
    #expect(SecretReference(name: "apiKey").description == "<secret apiKey>")
  }
}
