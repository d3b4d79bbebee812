public import GodwitAtlas
public import GodwitCore
public import GodwitJournal
public import GodwitScript

/// Carries a plan out: the recorded operations, each project in its order, many projects at once.
public struct ApplyRun: Sendable {
  /// The run file, open for applying.
  public var file: RunFile
  /// Reads from Atlas.
  public var reader: AtlasReader
  /// Writes to Atlas.
  public var writer: AtlasWriter
  /// Gives the values of secrets when a write is sent.
  public var secrets: ProjectSecretResolver
  /// Runs the script's `verify`; `nil` if it has none.
  public var verifier: ProjectVerifier?
  /// How many projects are worked on at once.
  public var parallelism: Int
  /// How long a write is given to show before it counts as not made.
  public var settle: Duration
  /// The number of projects that may fail or come into doubt; the run stops once it is reached, and
  /// begins no project that could exceed it.
  public var failureLimit: Int
  /// Asks to stop.
  public var stop: StopSignal
  /// Is told how it goes.
  public var observe: RunObserver
  /// Milliseconds that only go forward.
  public var clock: @Sendable () -> Int64

  /// Puts the parts together.
  public init(
    file: RunFile,
    reader: AtlasReader,
    writer: AtlasWriter,
    secrets: @escaping ProjectSecretResolver,
    verifier: ProjectVerifier?,
    parallelism: Int,
    settle: Duration,
    failureLimit: Int,
    stop: StopSignal,
    clock: @escaping @Sendable () -> Int64 = SteadyClock.milliseconds,
    observe: @escaping RunObserver
  ) {
    self.file = file
    self.reader = reader
    self.writer = writer
    self.secrets = secrets
    self.verifier = verifier
    self.parallelism = parallelism
    self.settle = settle
    self.failureLimit = failureLimit
    self.stop = stop
    self.clock = clock
    self.observe = observe
  }

  /// How a project's turn came to its end.
  private enum Turn: Sendable {
    case ended(ProjectOutcome)
    case left
    case parked(ProjectMachine, untilMilliseconds: Int64, ProjectMachine.Wait)
    case woke(ProjectMachine, ProjectMachine.Wait)
  }

  /// Applies all that is pending.
  ///
  /// - Parameter retrying: the buckets of settled projects that are taken up again.
  /// - Returns: why the run stopped before its end; `nil` if it came to its end.
  /// - Throws: ``RunError`` if the run file cannot be written.
  public func run(retrying: Set<ProjectOutcome>) async throws(RunError) -> StopSignal.Cause? {
    do throws(RunFileError) {
      observe(.began(stage: "applying", projects: try file.pendingCount(retrying: retrying)))
    } catch {
      throw RunError(error)
    }
    let start = clock()
    await waitForUnknownWrites(since: start)
    let journal = JournalWriter(file: file)
    let feed = PendingFeed(file: file, retrying: retrying)
    await withTaskGroup(of: Turn.self) { group in
      var active = 0
      var budget = FailureBudget(limit: failureLimit)
      var waiting: [ProjectMachine.Wait: Int] = [:]
      /// Those that wait keep no place from others; but where many do, others would fare no better.
      func mayBegin() -> Bool {
        active < max(1, parallelism) && !stop.isStopping && budget.allowsAnother
          && waiting[.atlas, default: 0] < 4 * max(1, parallelism)
      }
      func fill() async {
        while mayBegin(), let pending = await nextPending(feed) {
          active += 1
          budget.begin()
          let machine = machine(for: pending, since: start)
          group.addTask { await drive(machine, .began, journal) }
        }
      }
      await fill()
      while let turn = await group.next() {
        switch turn {
        case .ended(let outcome):
          active -= 1
          budget.settle(outcome)
          observe(.ended(outcome))
          if budget.isSpent { stopForFailures(budget) }
        case .left:
          active -= 1
          budget.settle(nil)
        case .parked(let machine, let until, let wait):
          active -= 1
          waiting[wait, default: 0] += 1
          group.addTask { await sleep(machine, until: until, wait) }
        case .woke(let machine, let wait):
          waiting[wait, default: 0] -= 1
          guard !stop.isStopping else {
            budget.settle(nil)
            break
          }
          active += 1
          group.addTask { await drive(machine, .woke, journal) }
        }
        await fill()
      }
    }
    observe(.finished)
    return try await conclude(hasBegun: await journal.commits > 0)
  }

  private func conclude(hasBegun: Bool) async throws(RunError) -> StopSignal.Cause? {
    if case .trouble(var error)? = stop.cause {
      guard error.status == .couldNotStart else { return stop.cause }
      guard hasBegun else { throw error }
      error.status = .stoppedEarly
      return .trouble(error)
    }
    do throws(RunFileError) { try await file.finishIfNothingIsOpen() } catch {
      throw RunError(error, status: .stoppedEarly)
    }
    return stop.cause
  }

  private func machine(for pending: RunFile.Pending, since start: Int64) -> ProjectMachine {
    ProjectMachine(
      pending,
      hasVerify: verifier != nil,
      settleMilliseconds: settle.milliseconds,
      startMilliseconds: start
    )
  }

  /// After a cut the end of the `-wal` may be missing without a sign, and a write of the process
  /// that is gone may still be on its way: nothing is read before it had its time to show.
  private func waitForUnknownWrites(since start: Int64) async {
    guard file.wasCutOff || file.wasTakenOver else { return }
    await wait(until: start + settle.milliseconds)
  }

  private func nextPending(_ feed: PendingFeed) async -> RunFile.Pending? {
    do throws(RunFileError) { return try await feed.next() } catch {
      stop(for: error)
      return nil
    }
  }

  /// Stops since the run file cannot be used.
  ///
  /// The status is that of a run of which nothing is committed; at its end it is known whether that
  /// is so, while others are still committing now.
  private func stop(for error: RunFileError) {
    stop.stop(.trouble(RunError(error, status: .couldNotStart)))
  }

  /// Stops since no further request will do better.
  private func stop(for error: AtlasError) {
    let status: ExitStatus = error.isAccessListRefusal ? .stoppedEarly : .couldNotStart
    stop.stop(.trouble(RunError(error, status: status)))
  }

  private func stopForFailures(_ budget: FailureBudget) {
    stop.stop(
      .trouble(
        RunError(
          Diagnostic(
            "stopped after \(budget.spentWords)",
            advice: "see the causes above; `godwit resume` continues, --max-failures sets the limit"
          ),
          status: .stoppedEarly
        )
      )
    )
  }

  /// Waits without keeping a place; looks up when the run stops.
  private func sleep(
    _ machine: ProjectMachine,
    until milliseconds: Int64,
    _ reason: ProjectMachine.Wait
  ) async -> Turn {
    await wait(until: milliseconds)
    return .woke(machine, reason)
  }

  private func wait(until milliseconds: Int64) async {
    while !stop.isStopping, clock() < milliseconds {
      let rest = max(1, min(100, milliseconds - clock()))
      do { try await Task.sleep(for: .milliseconds(rest)) } catch { return }
    }
  }

  /// Carries out what a machine decides, until the project ends, waits or is left.
  private func drive(
    _ start: ProjectMachine,
    _ event: ProjectMachine.Event,
    _ journal: JournalWriter
  ) async -> Turn {
    var machine = start
    var event = event
    while true {
      switch machine.next(event, at: clock()) {
      case .read(let needs, let earlier):
        if var spent = earlier, !reader.paysForRetry(of: spent) {
          spent.isRetryBudgetSpent = true
          event = .read(.failure(spent))
        } else {
          event = .read(await read(needs, of: machine.record.project.id))
        }
      case .commit(let entries, let announcesWrite):
        if announcesWrite, stop.isStopping { return .left }
        do throws(RunFileError) { try await journal.append(entries) } catch {
          stop(for: error)
          return .left
        }
        event = .committed
      case .send(let operation, let earlier):
        if let spent = earlier.flatMap({ writer.paysForRetry(of: $0) ? nil : $0.unpaid }) {
          event = .sent(.failure(spent))
        } else {
          event = .sent(
            await send(operation, to: machine.record.project.id, integrations: machine.current)
          )
        }
      case .park(let milliseconds, let wait):
        return .parked(machine, untilMilliseconds: milliseconds, wait)
      case .verify(let earlier):
        event = await verify(machine.record.project, retryOf: earlier)
      case .ended(let outcome): return .ended(outcome)
      case .leave(let error):
        if let error { stop(for: error) }
        return .left
      }
    }
  }
}

/// Hands out pending projects from the run file, a batch at a time.
private actor PendingFeed {
  private let file: RunFile
  private let retrying: Set<ProjectOutcome>
  private var batch: ArraySlice<RunFile.Pending> = []
  private var last = 0

  init(file: RunFile, retrying: Set<ProjectOutcome>) {
    self.file = file
    self.retrying = retrying
  }

  func next() async throws(RunFileError) -> RunFile.Pending? {
    if let first = batch.popFirst() { return first }
    guard last >= 0 else { return nil }
    let loaded = try await file.pending(after: last, limit: 256, retrying: retrying)
    last = loaded.last?.position ?? -1
    batch = loaded[...]
    return batch.popFirst()
  }
}

extension Duration {
  /// The whole milliseconds.
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
