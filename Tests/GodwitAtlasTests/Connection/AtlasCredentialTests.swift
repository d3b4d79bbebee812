import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct AtlasCredentialTests {
  @Test func `names its kind and tail, and never the secret`() {
    #expect(Client.key.kindName == "API key")
    #expect(Client.key.tail == "efgh")
    #expect(Client.token.kindName == "access token")
    #expect(Client.token.tail == "9xyz")
    var dumped = ""
    dump(Client.key, to: &dumped)
    dump(Client.token, to: &dumped)
    #expect(!dumped.contains(Client.privateKey))
    #expect(!dumped.contains("letters"))
  }
}
