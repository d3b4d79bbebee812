public import GodwitCore
public import GodwitJournal

/// A person settles what stays in doubt.
public struct DoubtResolution: Sendable {
  /// The run file, open for applying.
  public var file: RunFile

  /// Works on a run file.
  public init(file: RunFile) {
    self.file = file
  }

  /// Records what a person saw, so that `resume` goes on from there; until then it can be corrected.
  ///
  /// - Parameters:
  ///   - isMade: whether the write was seen to be made; else it may be sent.
  ///   - number: the operation's number in its project, from 1.
  ///   - project: the project's id or name.
  /// - Returns: the project.
  /// - Throws: ``RunError`` if there is no such project or operation, or it is not in doubt.
  public func record(
    isMade: Bool,
    operation number: Int,
    project: String
  ) async throws(RunError) -> Project {
    let found = try await doubtful(project)
    let statuses = Dictionary(
      found.record.operations.map { ($0.operation.number, $0.status) },
      uniquingKeysWith: { first, _ in first }
    )
    guard let status = statuses[number] else {
      throw RunError(
        Diagnostic(
          "project \(found.record.project.name) has no operation \(number)",
          advice: "its operations are 1 to \(statuses.count); see `godwit show RUN --project`"
        )
      )
    }
    var isOpen = status == .inDoubt || status == .sending
    if !isOpen {
      do throws(RunFileError) { isOpen = try await wasSaid(of: number, at: found.position) } catch {
        throw RunError(error)
      }
    }
    guard isOpen else {
      let doubtful = statuses.filter { $0.value == .inDoubt || $0.value == .sending }.keys.sorted()
      throw RunError(
        Diagnostic(
          "operation \(number) of project \(found.record.project.name) is not in doubt",
          advice: doubtful.isEmpty
            ? "see `godwit show RUN --project`"
            : "in doubt is " + doubtful.map { "\($0)" }.joined(separator: ", ")
        )
      )
    }
    func entry(_ status: OperationStatus, _ note: String) -> JournalEntry {
      let event = JournalEntry.Event.outcome(status, image: nil, note: note)
      return JournalEntry(position: found.position, number: number, event: event)
    }
    let seen = Self.seen + (isMade ? "made" : "not made")
    var entries = [entry(isMade ? .done : .planned, seen)]
    // The history is to show that an attempt had no answer, so that the next one is a repeat.
    if status == .sending {
      entries.insert(entry(.inDoubt, ProjectMachine.cutOffNote), at: 0)
    }
    do throws(RunFileError) { try await JournalWriter(file: file).append(entries) } catch {
      throw RunError(error)
    }
    return found.record.project
  }

  private static let seen = "a person saw that it was "

  /// Whether the last that is known of an operation is what a person saw, and the run has not gone on
  /// with its project since.
  private func wasSaid(of number: Int, at position: Int) async throws(RunFileError) -> Bool {
    let notes = try await file.notes(sinceLastOf: number, at: position)
    return !notes.isEmpty && notes.allSatisfy { $0?.hasPrefix(Self.seen) ?? false }
  }

  private func hasDoubt(_ pending: RunFile.Pending) async throws(RunFileError) -> Bool {
    for entry in pending.record.operations {
      if entry.status == .inDoubt || entry.status == .sending { return true }
      if try await wasSaid(of: entry.operation.number, at: pending.position) { return true }
    }
    return false
  }

  /// The project of this id or name that has something in doubt, or of which a person said something
  /// that `resume` has not taken up.
  private func doubtful(_ name: String) async throws(RunError) -> RunFile.Pending {
    var fitting: [RunFile.Pending] = []
    var last = 0
    do throws(RunFileError) {
      while true {
        let page = try await file.pending(after: last, limit: 500, retrying: [])
        guard let end = page.last?.position else { break }
        last = end
        for pending in page {
          let project = pending.record.project
          guard project.id.text == name || project.name == name else { continue }
          if try await hasDoubt(pending) { fitting.append(pending) }
        }
      }
    } catch {
      throw RunError(error)
    }
    guard let first = fitting.first else {
      throw RunError(
        Diagnostic(
          "no project \"\(name)\" of this run has anything in doubt",
          advice: "`godwit report RUN` lists those that have"
        )
      )
    }
    guard fitting.count == 1 else {
      throw RunError(
        Diagnostic(
          "the name \"\(name)\" fits several projects that are in doubt",
          detail: fitting.map(\.record.project.id.text).joined(separator: ", "),
          advice: "give the id instead"
        )
      )
    }
    return first
  }
}
