import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct TokenMachineTests {
  private let start = ContinuousClock.now

  private func token(_ generation: Int, lifetime: Int = 3600) -> AccessToken {
    AccessToken(
      SecretValue("token \(generation)"),
      generation: generation,
      lifetime: .seconds(lifetime),
      at: start
    )
  }

  /// A step in a word, with the generation of the token that is used.
  private func word(_ step: TokenMachine.Step) -> String {
    switch step {
    case .mint: "mint"
    case .wait: "wait"
    case .use(let token): "use \(token.generation)"
    case .renew(let token): "renew \(token.generation)"
    case .refuse: "refuse"
    }
  }

  @Test func `one fetches, the others wait, then all use it`() {
    var machine = TokenMachine()
    #expect(word(machine.next(at: start)) == "mint")
    #expect(word(machine.next(at: start)) == "wait")
    machine.minted(token(1))
    #expect(word(machine.next(at: start)) == "use 1")
  }

  @Test(arguments: [
    (3600, 2999, "use 1"), (3600, 3000, "renew 1"), (3600, 3599, "renew 1"), (3600, 3600, "mint"),
    (4, 2, "use 1"), (4, 3, "renew 1"), (4, 4, "mint"), (1, 0, "use 1"),
  ])
  func `a token is renewed ten minutes early, or in the last quarter of a short life`(
    lifetime: Int,
    age: Int,
    expected: String
  ) {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1, lifetime: lifetime))
    #expect(word(machine.next(at: start + .seconds(age))) == expected)
  }

  @Test func `while one is renewed the old one goes on, until it ends`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1))
    #expect(word(machine.next(at: start + .seconds(3100))) == "renew 1")
    #expect(word(machine.next(at: start + .seconds(3100))) == "use 1")
    #expect(word(machine.next(at: start + .seconds(3601))) == "wait")
    machine.minted(token(2, lifetime: 7200))
    #expect(word(machine.next(at: start + .seconds(3601))) == "use 2")
  }

  @Test func `a renewal that failed is tried again after a pause`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1))
    let late = start + .seconds(3100)
    _ = machine.next(at: late)
    machine.missed(at: late, retryAfter: nil, isFinal: true)
    #expect(word(machine.next(at: late + .seconds(29))) == "use 1")
    #expect(word(machine.next(at: late + .seconds(30))) == "renew 1")
    machine.missed(at: late + .seconds(30), retryAfter: .seconds(55), isFinal: false)
    #expect(word(machine.next(at: late + .seconds(84))) == "use 1")
    #expect(word(machine.next(at: late + .seconds(85))) == "renew 1")
  }

  @Test func `a failure without a token left is tried again, unless it is final`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.missed(at: start, retryAfter: nil, isFinal: false)
    #expect(word(machine.next(at: start)) == "mint")
    machine.missed(at: start, retryAfter: nil, isFinal: true)
    #expect(word(machine.next(at: start)) == "refuse")
  }

  @Test func `a token that worked and is refused is replaced once for all`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1))
    machine.accepted(token(1))
    #expect(machine.refused(token(1), wasRenewed: false) == .again)
    #expect(machine.refused(token(1), wasRenewed: false) == .again)
    #expect(word(machine.next(at: start)) == "mint")
    machine.minted(token(2))
    // A late refusal of the old one says nothing of the new one.
    #expect(machine.refused(token(1), wasRenewed: false) == .again)
    #expect(word(machine.next(at: start)) == "use 2")
    machine.accepted(token(2))
    #expect(machine.refused(token(2), wasRenewed: false) == .again)
    #expect(!machine.isRefused)
  }

  @Test func `two tokens in a row that never worked refuse the account`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1))
    #expect(machine.refused(token(1), wasRenewed: false) == .again)
    _ = machine.next(at: start)
    machine.minted(token(2))
    #expect(machine.refused(token(2), wasRenewed: false) == .refused)
    #expect(word(machine.next(at: start)) == "refuse")
  }

  @Test func `a request does not go on with token after token`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1))
    machine.accepted(token(1))
    #expect(machine.refused(token(1), wasRenewed: true) == .refused)
    #expect(word(machine.next(at: start)) == "mint")
  }

  @Test func `at the end the token is handed over and none follows`() {
    var machine = TokenMachine()
    _ = machine.next(at: start)
    machine.minted(token(1))
    #expect(machine.finish()?.generation == 1)
    #expect(machine.finish() == nil)
    #expect(word(machine.next(at: start)) == "refuse")
  }
}
