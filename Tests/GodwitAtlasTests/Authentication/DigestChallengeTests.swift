import Testing

@testable import GodwitAtlas

@Suite struct DigestChallengeTests {
  @Test func `reads what Atlas sends`() throws {
    let challenge = try #require(
      DigestChallenge(headers: [
        #"Digest realm="MMS Public API", domain="", nonce="5p+9/Q==", algorithm=MD5, "#
          + #"qop="auth", stale=false"#
      ])
    )
    #expect(challenge.realm == "MMS Public API")
    #expect(challenge.nonce == "5p+9/Q==")
    #expect(challenge.algorithm == .md5)
    #expect(!challenge.isStale)
    #expect(challenge.opaque == nil)
  }

  @Test(arguments: [
    (#"Digest realm="r",nonce="n",qop="auth,auth-int",stale=TRUE"#, "n true MD5"),
    (#"digest nonce=n , realm=r , qop=auth"#, "n false MD5"),
    (
      #"Basic realm="x, y", Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256"#,
      "n false SHA-256"
    ),
    (#"Digest realm="r", nonce="a\"b", qop="auth""#, "a\"b false MD5"),
    (#"Negotiate, Digest realm="r", nonce="n", qop="auth", algorithm=md5"#, "n false MD5"),
  ])
  func `reads challenges however they are written`(header: String, expected: String) throws {
    let challenge = try #require(DigestChallenge(headers: [header]))
    let read = "\(challenge.nonce) \(challenge.isStale) \(challenge.algorithm.rawValue)"
    #expect(read == expected)
  }

  @Test func `takes the first that it can answer`() throws {
    let challenge = try #require(
      DigestChallenge(headers: [
        #"Digest realm="r", nonce="1", qop="auth", algorithm=SHA-512-256"#,
        #"Digest realm="r", nonce="2", qop="auth", algorithm=SHA-256, Digest realm="r", "#
          + #"nonce="3", qop="auth""#,
      ])
    )
    #expect(challenge.nonce == "2")
  }

  @Test(arguments: [
    #"Basic realm="r""#,
    #"Digest realm="r", qop="auth""#,
    #"Digest realm="r", nonce="n""#,
    #"Digest realm="r", nonce="n", qop="auth-int""#,
    #"Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess"#,
    "", ",,,", "Digest", "=", "\"",
  ])
  func `takes none that it cannot answer`(header: String) {
    #expect(DigestChallenge(headers: [header]) == nil)
  }

  @Test func `reads the parameters of Authentication-Info`() {
    let parameters = ChallengeParser.parameters(in: #"nextnonce="abc", qop=auth, nc=00000001"#)
    #expect(parameters == ["nextnonce": "abc", "qop": "auth", "nc": "00000001"])
  }
}
