#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A thread with a stack of 16 MB that runs the jobs of the actors that live on it, in order.
///
/// Lua and its library recurse on the stack of C, and a script may compute for seconds: neither is
/// for the threads of Swift's pool or of an event loop. The thread ends once nothing holds it.
final class LuaThread: SerialExecutor {
  let mailbox = LuaMailbox()

  init() {
    mailbox.startThread(stackBytes: 16 << 20)
  }

  deinit {
    mailbox.close()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    unsafe mailbox.add(job, for: asUnownedSerialExecutor())
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  /// Notes for a watchdog that a session begins to compute, and has ended to.
  func enter(_ label: String, allowance: Duration) { mailbox.enter(label, allowance: allowance) }
  func leave() { mailbox.leave() }

  func checkIsolated() {
    precondition(mailbox.isCurrentThread, "not on the session's Lua thread")
  }
}

/// The jobs that wait, kept apart from the executor so that the thread does not keep it alive.
///
/// Its fields are touched only between `lock` and `unlock`, which is why it may be `Sendable`. The
/// lock is one of pthreads, since it goes with a condition and the thread sanitizer knows it.
@safe final class LuaMailbox: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // A job keeps its actor alive, and that its executor, until the job has run.
  private var jobs: [(UnownedJob, UnownedSerialExecutor)] = unsafe []
  private var hasEnded = false
  private var thread: pthread_t?
  private var number: UInt64 = 0
  private var current: (label: String, allowance: Duration)?

  init() {
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe wakeUp.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(wakeUp, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(wakeUp)
    unsafe pthread_mutex_destroy(mutex)
    unsafe wakeUp.deallocate()
    unsafe mutex.deallocate()
  }

  private func lock() { unsafe pthread_mutex_lock(mutex) }
  private func unlock() { unsafe pthread_mutex_unlock(mutex) }

  func add(_ job: UnownedJob, for executor: UnownedSerialExecutor) {
    lock()
    unsafe jobs.append((job, executor))
    unsafe pthread_cond_signal(wakeUp)
    unlock()
  }

  func close() {
    lock()
    hasEnded = true
    unsafe pthread_cond_signal(wakeUp)
    unlock()
  }

  func enter(_ label: String, allowance: Duration) {
    lock()
    number += 1
    current = (label, allowance)
    unlock()
  }

  func leave() {
    lock()
    current = nil
    unlock()
  }

  /// Whether nothing will come any more.
  var isClosed: Bool {
    lock()
    defer { unlock() }
    return hasEnded && current == nil
  }

  /// What the thread computes just now.
  var visit: LuaWatchdog.Visit? {
    lock()
    defer { unlock() }
    guard let current, let thread else { return nil }
    return LuaWatchdog.Visit(
      number: number,
      label: current.label,
      allowance: current.allowance,
      processorTime: Self.processorTime(of: thread)
    )
  }

  // The thread is inside of a visit, so it exists.
  private static func processorTime(of thread: pthread_t) -> Duration {
    var time = timespec()
    #if canImport(Glibc)
      var clock = clockid_t()
      guard unsafe pthread_getcpuclockid(thread, &clock) == 0 else { return .zero }
      unsafe clock_gettime(clock, &time)
    #else
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    #endif
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  var isCurrentThread: Bool {
    lock()
    defer { unlock() }
    return thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  func startThread(stackBytes: Int) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    // The thread takes over this reference.
    let context = unsafe Unmanaged.passRetained(self).toOpaque()
    let status = unsafe pthread_create(
      &thread,
      &attributes,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<LuaMailbox>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      },
      context
    )
    precondition(status == 0, "no thread for Lua: \(status)")
    unsafe pthread_attr_destroy(&attributes)
  }

  /// Takes all jobs that wait, or waits for one where there is none; takes none once closed.
  private func take() -> [(UnownedJob, UnownedSerialExecutor)] {
    lock()
    defer { unlock() }
    while unsafe jobs.isEmpty && !hasEnded { unsafe pthread_cond_wait(wakeUp, mutex) }
    let taken = unsafe jobs
    unsafe jobs.removeAll(keepingCapacity: true)
    return unsafe taken
  }

  private func run() {
    lock()
    thread = pthread_self()
    unlock()
    while true {
      let taken = unsafe take()
      if unsafe taken.isEmpty { return }
      for unsafe(job, executor) in unsafe taken {
        unsafe job.runSynchronously(on: executor)
      }
    }
  }
}
