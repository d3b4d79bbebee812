/// Asks again and again until something holds, so long that only a hang makes it fail.
///
/// - Parameters:
///   - limit: how long it may take.
///   - holds: what is asked.
/// - Returns: whether it came to hold.
/// - Throws: what `holds` throws, and an error if the task is cancelled.
@discardableResult
public func eventually(
  within limit: Duration = .seconds(120),
  _ holds: () async throws -> Bool
) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try await holds() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}
