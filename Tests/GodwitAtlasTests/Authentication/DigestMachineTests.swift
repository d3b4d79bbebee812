import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct DigestMachineTests {
  private static func session(
    _ generation: Int,
    nonce: String = "n",
    stale: Bool = false
  ) -> DigestSession {
    DigestSession(
      generation: generation,
      challenge: DigestChallenge(realm: "r", nonce: nonce, isStale: stale),
      publicKey: "u",
      privateKey: SecretValue("p")
    )
  }

  private static func name(_ step: DigestMachine.Step) -> String {
    switch step {
    case .fetchChallenge: "fetch"
    case .answer(let ticket): "answer \(ticket.session.challenge.nonce) \(ticket.count)"
    case .wait: "wait"
    case .refuse: "refuse"
    }
  }

  /// A machine whose key was accepted with nonce `n`.
  private static func provedMachine() -> (DigestMachine, DigestTicket) {
    var machine = DigestMachine()
    _ = machine.next()
    let ticket = machine.learned(session(1))
    _ = machine.accepted(ticket, nextNonce: nil)
    return (machine, ticket)
  }

  @Test func `lets one request fetch, one answer, and the others wait until that is accepted`() {
    var machine = DigestMachine()
    #expect(Self.name(machine.next()) == "fetch")
    #expect(Self.name(machine.next()) == "wait")
    let ticket = machine.learned(Self.session(1))
    #expect(ticket.count == 1)
    #expect(Self.name(machine.next()) == "wait")
    #expect(machine.accepted(ticket, nextNonce: nil) == .wakeAll)
    #expect(Self.name(machine.next()) == "answer n 2")
    #expect(Self.name(machine.next()) == "answer n 3")
  }

  @Test func `refuses a wrong key for good after one answer`() {
    var machine = DigestMachine()
    _ = machine.next()
    let ticket = machine.learned(Self.session(1))
    let (verdict, effect) = machine.challenged(ticket, with: Self.session(2, nonce: "m"))
    #expect(verdict == .wrongKey)
    #expect(effect == .failAll)
    #expect(Self.name(machine.next()) == "refuse")
  }

  @Test func `answers once more when a nonce that was accepted is refused`() {
    var (machine, ticket) = Self.provedMachine()
    let (verdict, _) = machine.challenged(ticket, with: Self.session(2, nonce: "m"))
    #expect(verdict == .again)
    #expect(Self.name(machine.next()) == "answer m 1")
    #expect(Self.name(machine.next()) == "wait")
  }

  @Test func `takes a key that stops working for wrong, and tries it again later`() {
    var (machine, ticket) = Self.provedMachine()
    _ = machine.challenged(ticket, with: Self.session(2, nonce: "m"))
    guard case .answer(let second) = machine.next() else {
      Issue.record("no second answer")
      return
    }
    let (verdict, effect) = machine.challenged(second, with: Self.session(3, nonce: "o"))
    #expect(verdict == .wrongKey)
    #expect(effect == .failAll)
    #expect(Self.name(machine.next()) == "fetch")
  }

  @Test func `does not take a stale nonce for a wrong key, even a new one`() {
    var machine = DigestMachine()
    _ = machine.next()
    let ticket = machine.learned(Self.session(1))
    let stale = Self.session(2, nonce: "m", stale: true)
    let (verdict, effect) = machine.challenged(ticket, with: stale)
    #expect(verdict == .again)
    #expect(effect == .wakeAll)
    #expect(Self.name(machine.next()) == "answer m 1")
  }

  @Test func `reuses the nonce that another request has learned meanwhile`() {
    var (machine, _) = Self.provedMachine()
    guard case .answer(let first) = machine.next(), case .answer(let second) = machine.next()
    else {
      Issue.record("no answers")
      return
    }
    _ = machine.challenged(first, with: Self.session(2, nonce: "m"))
    let (verdict, effect) = machine.challenged(second, with: Self.session(2, nonce: "x"))
    #expect(verdict == .again)
    #expect(effect == .none)
    #expect(Self.name(machine.next()) == "answer m 1")
  }

  @Test func `uses the next nonce that an answer names`() {
    var (machine, ticket) = Self.provedMachine()
    #expect(machine.accepted(ticket, nextNonce: "next") == .none)
    #expect(Self.name(machine.next()) == "answer next 1")
    // The answer to an older nonce does not bring its own next one back.
    #expect(machine.accepted(ticket, nextNonce: "late") == .none)
    #expect(Self.name(machine.next()) == "answer next 2")
  }

  @Test(arguments: [(true, DigestMachine.Effect.failAll), (false, .wakeAll)])
  func `starts over when no challenge comes`(concernsAll: Bool, effect: DigestMachine.Effect) {
    var machine = DigestMachine()
    _ = machine.next()
    #expect(machine.missedChallenge(concernsAll: concernsAll) == effect)
    #expect(Self.name(machine.next()) == "fetch")
  }

  @Test func `lets the others go when the first answer says nothing about the key`() {
    var machine = DigestMachine()
    _ = machine.next()
    let ticket = machine.learned(Self.session(1))
    #expect(machine.unsettled(ticket) == .wakeAll)
    guard case .answer(let second) = machine.next() else {
      Issue.record("no answer")
      return
    }
    let (verdict, _) = machine.challenged(second, with: Self.session(2, nonce: "m"))
    #expect(verdict == .wrongKey)
  }
}
