import Synchronization

/// The text of HTTP's `Date` header, made once a second.
final class DateHeader: Sendable {
  private let cached = Mutex<(seconds: Int64, text: String)>((-1, ""))

  func text() -> String {
    let seconds = WallClock.now().seconds
    return cached.withLock { cached in
      if cached.seconds != seconds { cached = (seconds, WallClock.httpText(seconds)) }
      return cached.text
    }
  }
}
