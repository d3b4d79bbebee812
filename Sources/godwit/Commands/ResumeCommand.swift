import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitRun

/// `godwit resume RUN`.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on with a run after a stop, a crash or failures.",
    discussion: """
      Takes up what was not started, and settles what is in doubt by reading back. A write that \
      may have been made is never simply sent again.
      """
  )

  /// What is taken up again beside what is open.
  enum Retry: String, CaseIterable {
    case failed, held
  }

  @Argument(help: "A run, by file, name, unique beginning of a name, or latest.")
  var run: String

  @Option(
    name: .long,
    help: ArgumentHelp("Take these up again too: failed, held, or both.", valueName: "buckets")
  )
  var retry: String = ""

  @OptionGroup(title: "Applying") var apply: ApplyOptions
  @OptionGroup(title: "Inputs") var secrets: SecretOptions
  @OptionGroup var limits: ScriptOptions
  @OptionGroup(title: "Where to") var connection: ConnectionOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  private var buckets: [String] { retry.split(separator: ",").map(String.init) }

  mutating func validate() throws {
    for bucket in buckets where Retry(rawValue: bucket) == nil {
      throw ValidationError("--retry takes failed, held or failed,held, not \"\(bucket)\".")
    }
  }

  mutating func run() async throws {
    let command = self
    try await Console.run(output, mayWrite: true) {
      let path = try RunFolder.resolve(command.run)
      let (info, isParted) = try RunError.wrapping { () throws(RunFileError) in
        let file = try RunFile.openForReading(path)
        defer { try? file.close() }
        return (try file.info(), try file.isPartedFromWAL())
      }
      let name = RunFolder.reference(to: path)
      guard info.phase != .planning else {
        throw RunError(Diagnostic("the plan \(name) is incomplete", advice: "plan again"))
      }
      // That it was begun may be in the commits that are lost.
      guard info.phase != .planned || isParted else {
        throw RunError(
          Diagnostic("the run \(name) was not begun yet", advice: "godwit apply \(name)")
        )
      }
      return try await Applying(
        path: path,
        options: command.apply,
        connection: command.connection,
        secrets: command.secrets,
        output: command.output,
        retrying: Set(command.buckets.compactMap { ProjectOutcome(rawValue: $0) }),
        limits: command.limits.limits
      ).run()
    }
  }
}
