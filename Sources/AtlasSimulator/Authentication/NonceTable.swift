import Synchronization

/// The nonces that were given out, and the counts that came back with each.
final class NonceTable: Sendable {
  /// What a nonce and its count are worth.
  enum Standing: Equatable {
    case fresh
    case expired
    case replayed
  }

  private struct Entry {
    let issued: ContinuousClock.Instant
    /// All counts up to this one were used.
    var used: UInt32 = 0
    /// The counts beyond that were used; requests overtake each other on several connections.
    var ahead: Set<UInt32> = []
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var sizeAtNextSweep = 4096
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  private let lifetime: Duration
  private let state = Mutex(State())

  init(lifetime: Duration) {
    self.lifetime = lifetime
  }

  /// A new nonce: 32 characters of the alphabet of Base64, as Atlas' are.
  func issue(at now: ContinuousClock.Instant) -> String {
    var random = SystemRandomNumberGenerator()
    let nonce = String(unsafeUninitializedCapacity: 32) { buffer in
      for word in 0..<4 {
        var bits = random.next()
        for index in 0..<8 {
          buffer.initializeElement(at: word * 8 + index, to: Self.alphabet[Int(bits & 63)])
          bits >>= 8
        }
      }
      return 32
    }
    state.withLock { state in
      sweepIfLarge(&state, at: now)
      state.entries[nonce] = Entry(issued: now)
    }
    return nonce
  }

  /// Takes note of the use of a nonce with a count, and says whether it may be used so.
  func use(_ nonce: String, count: UInt32, at now: ContinuousClock.Instant) -> Standing {
    state.withLock { state in
      guard var entry = state.entries.removeValue(forKey: nonce) else { return .expired }
      guard now - entry.issued <= lifetime else { return .expired }
      let isNew = count > entry.used && entry.ahead.insert(count).inserted
      while entry.ahead.remove(entry.used &+ 1) != nil { entry.used += 1 }
      // A client may skip counts; what lies thousands back is taken as used.
      if entry.ahead.count > 4096 {
        let middle = entry.ahead.sorted()[2048]
        entry.ahead = entry.ahead.filter { $0 > middle }
        entry.used = middle
      }
      state.entries[nonce] = entry
      return isNew ? .fresh : .replayed
    }
  }

  private func sweepIfLarge(_ state: inout State, at now: ContinuousClock.Instant) {
    guard state.entries.count >= state.sizeAtNextSweep else { return }
    state.entries = state.entries.filter { now - $0.value.issued <= lifetime }
    state.sizeAtNextSweep = max(4096, state.entries.count * 2)
  }
}
