internal import GodwitAtlas

// What the error of a write says of another attempt.

extension AtlasError {
  /// Whether a write was surely not made, and the same write may pass later.
  var mayPass: Bool {
    switch arrival {
    case .unknown: false
    case .refused: status == 429 || isMaintenance
    case .notArrived:
      [.connect, .nameResolution, .tls, .timeout, .reset].contains(kind) || status == 429
        || (status ?? 0) >= 500
    }
  }

  /// What is said of another attempt that the run has no retries left for, and that is not sent.
  var unpaid: AtlasError {
    var error = self
    error.isRetryBudgetSpent = true
    error.arrival = .notArrived
    return error
  }

  /// How long to wait before a write is tried again: what the server asks, up to five minutes, or
  /// else twice as long each time.
  ///
  /// Up to half as much is added or left out by the project's `position`, so that those that were
  /// refused together do not come back together.
  func waitMilliseconds(after refusals: Int, position: Int) -> Int64 {
    let own = min(30_000, Int64(250) << min(refusals, 10)) * (isMaintenance ? 10 : 1)
    // The golden ratio's multiples lie evenly, however many projects wait.
    let part = Int64((position &+ refusals) &* 0x9E37_79B9 & 0xFFFF) * (own / 2) / 0xFFFF
    guard let retryAfter else { return own - part }
    return min(retryAfter.milliseconds, 300_000) + part
  }
}
