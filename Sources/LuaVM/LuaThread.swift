internal import Dispatch
internal import Synchronization

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
  private let mailbox = Mailbox()

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

  func checkIsolated() {
    precondition(mailbox.isCurrentThread, "not on the session's Lua thread")
  }
}

/// The jobs that wait, kept apart from the executor so that the thread does not keep it alive.
private final class Mailbox: Sendable {
  @safe private struct State {
    // A job keeps its actor alive, and that its executor, until the job has run.
    var jobs: [(UnownedJob, UnownedSerialExecutor)] = unsafe []
    var isClosed = false
    var thread: pthread_t?
  }

  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  func add(_ job: UnownedJob, for executor: UnownedSerialExecutor) {
    let wasEmpty = state.withLock { state in
      unsafe state.jobs.append((job, executor))
      return unsafe state.jobs.count == 1
    }
    if wasEmpty { wakeUp.signal() }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    wakeUp.signal()
  }

  var isCurrentThread: Bool {
    state.withLock { state in
      state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
    }
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
      &thread, &attributes,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Mailbox>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      }, context)
    precondition(status == 0, "no thread for Lua: \(status)")
    unsafe pthread_attr_destroy(&attributes)
  }

  private func run() {
    state.withLock { $0.thread = pthread_self() }
    while true {
      wakeUp.wait()
      while true {
        let (jobs, isClosed) = unsafe state.withLock { state in
          let jobs = unsafe state.jobs
          unsafe state.jobs.removeAll(keepingCapacity: true)
          return unsafe (jobs, state.isClosed)
        }
        if unsafe jobs.isEmpty {
          if isClosed { return }
          break
        }
        for unsafe (job, executor) in unsafe jobs {
          unsafe job.runSynchronously(on: executor)
        }
      }
    }
  }
}
