/// Commits entries of many projects together: one `fsync` serves all that wait for it.
///
/// An entry that comes while nothing is being committed is committed at once; those that come
/// meanwhile share the next commit, so that waiting costs time only while others wait too.
public actor JournalWriter {
  private enum Turn: Sendable {
    case lead
    case done(RunFileError?)
  }

  private struct Waiter {
    var entries: [JournalEntry]
    var continuation: CheckedContinuation<Turn, Never>
  }

  private let file: RunFile
  private var waiters: [Waiter] = []
  private var isCommitting = false
  /// How many commits were made.
  public private(set) var commits = 0

  /// Writes into a file that is open for applying.
  public init(file: RunFile) {
    self.file = file
  }

  /// Appends entries and returns once they are on the disk.
  ///
  /// - Throws: what the commit threw; then none of the entries is in the file.
  public func append(_ entries: [JournalEntry]) async throws(RunFileError) {
    if isCommitting {
      let turn = await withCheckedContinuation { continuation in
        waiters.append(Waiter(entries: entries, continuation: continuation))
      }
      switch turn {
      case .done(nil): return
      case .done(let error?): throw error
      case .lead: break
      }
    }
    isCommitting = true
    let followers = waiters
    waiters = []
    var failure: RunFileError?
    do throws(RunFileError) {
      try await file.commit(entries + followers.flatMap(\.entries))
      commits += 1
    } catch {
      failure = error
    }
    for follower in followers { follower.continuation.resume(returning: .done(failure)) }
    if waiters.isEmpty {
      isCommitting = false
    } else {
      waiters.removeFirst().continuation.resume(returning: .lead)
    }
    if let failure { throw failure }
  }
}
