#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What is done about a session that does not come back.
///
/// The limits are kept where the script runs. Should that ever fail, by a defect of the sandbox or of
/// Lua itself, nothing can end the script alone: its thread is inside of C. A watchdog notices it from
/// outside, by the processor time that the thread used, so that a busy machine or a sleeping one is
/// not mistaken for it.
public struct LuaWatchdog: Sendable {
  /// How much longer than ``LuaLimits/processorTimeBetweenRequests`` a session may compute.
  public var grace: Duration
  /// Called with the label of the session, see ``LuaActor``; it is expected to end the process.
  public var onStuck: @Sendable (_ label: String) -> Void

  /// Makes a watchdog; a ``LuaThreadPool`` puts it to work.
  public init(
    grace: Duration = .seconds(5),
    onStuck: @escaping @Sendable (_ label: String) -> Void
  ) {
    self.grace = grace
    self.onStuck = onStuck
  }

  /// What a thread is doing.
  struct Visit {
    /// Differs from that of any other visit of the thread.
    var number: UInt64
    var label: String
    /// The processor time that it may take.
    var allowance: Duration
    /// The processor time of the thread so far.
    var processorTime: Duration
  }

  /// Watches threads until each of them is closed.
  func watch(_ threads: [LuaThread]) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    defer { unsafe pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let round = Round(watchdog: self, mailboxes: threads.map(\.mailbox))
    // The thread takes over this reference.
    let context = unsafe Unmanaged.passRetained(round).toOpaque()
    let status = unsafe pthread_create(
      &thread,
      &attributes,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Round>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      },
      context
    )
    precondition(status == 0, "no thread for the watchdog: \(status)")
  }

  /// What the watchdog's thread works on, alone.
  private final class Round {
    let watchdog: LuaWatchdog
    var watched: [(mailbox: LuaMailbox, first: Visit?)]

    init(watchdog: LuaWatchdog, mailboxes: [LuaMailbox]) {
      self.watchdog = watchdog
      watched = mailboxes.map { ($0, nil) }
    }

    func run() {
      let interval = min(watchdog.grace / 4, .milliseconds(250)).nanoseconds
      while !watched.isEmpty {
        var time = timespec(tv_sec: 0, tv_nsec: Int(interval))
        unsafe nanosleep(&time, nil)
        watched.removeAll { $0.mailbox.isClosed }
        for index in watched.indices { look(at: &watched[index]) }
      }
    }

    private func look(at entry: inout (mailbox: LuaMailbox, first: Visit?)) {
      guard let now = entry.mailbox.visit else {
        entry.first = nil
        return
      }
      guard let first = entry.first, first.number == now.number else {
        entry.first = now
        return
      }
      guard now.processorTime - first.processorTime > now.allowance + watchdog.grace else { return }
      entry.first = nil
      watchdog.onStuck(now.label)
    }
  }
}
