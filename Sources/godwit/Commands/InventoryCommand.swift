import ArgumentParser
import GodwitAtlas
import GodwitCore
import GodwitReport
import GodwitRun

/// `godwit inventory`.
struct InventoryCommand: AsyncParsableCommand {
  /// The form of the list.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case text, csv, json
  }

  static let configuration = CommandConfiguration(
    commandName: "inventory",
    abstract: "List the integrations of the chosen projects: types, regions, ends of keys.",
    discussion: """
      One line a project, with its alert configurations and those among them that go through an \
      integration which the project does not have. Nothing is written; a read-only key is enough. \
      FLOWDOCK, which API v2 does not list, is looked for with --has FLOWDOCK.
      """
  )

  @OptionGroup(title: "Choosing projects") var selection: SelectionOptions

  @Option(
    name: .customLong("where-tail"),
    help: ArgumentHelp(
      "Only projects with a key that ends in these four characters, in an integration or an alert.",
      valueName: "tail"
    )
  )
  var whereTail: String?

  @OptionGroup(title: "Where to") var connection: ConnectionOptions

  @Option(name: [.customShort("o"), .long], help: "The form of the list on stdout.")
  var output: Form = .text

  @Option(name: .customLong("log-format"), help: "The form of log lines on stderr.")
  var logFormat: OutputOptions.LogFormat = .text

  @Flag(name: .customLong("no-color"), help: "Write without colours (as does NO_COLOR).")
  var noColor = false

  mutating func validate() throws {
    if let whereTail, whereTail.count != 4 {
      throw ValidationError(
        "--where-tail takes the last four characters of a key, as Atlas shows them."
      )
    }
  }

  mutating func run() async throws {
    let command = self
    var options = OutputOptions()
    options.output = .text
    options.logFormat = logFormat
    options.noColor = noColor
    try await Console.run(options) { [options] in
      let list = try await command.list(options)
      switch command.output {
      case .text: Console.output(list.text(style: options.style))
      case .csv:
        Console.output(list.csv())
        // A line of the file is a project that there is.
        if let missing = list.complaint { Console.tell(missing, options) }
      case .json: Console.output(list.json())
      }
      return list.exitStatus
    }
  }

  private func list(_ options: OutputOptions) async throws -> InventoryList {
    var selection = selection
    try selection.narrow(by: connection)
    let session = try await AtlasSession.open(connection)
    do {
      let list = try await read(try selection.selection(), session, options)
      await session.close()
      return list
    } catch {
      await session.close()
      throw error
    }
  }

  private func read(
    _ selection: Selection,
    _ session: AtlasSession,
    _ options: OutputOptions
  ) async throws -> InventoryList {
    let stop = StopSignal()
    let signals = Signals(stop: stop)
    defer { withExtendedLifetime(signals) {} }
    let progress = options.progress()
    signals.onStop { progress.receive(.remark("Stopping: the inventory is given up.")) }
    let run = InventoryRun(
      reader: AtlasReader(session.connection),
      selection: selection,
      tail: whereTail,
      parallelism: connection.projectsAtOnce,
      stop: stop,
      observe: { progress.receive($0) }
    )
    do {
      let found = try await progress.ticking { try await run.run() }
      progress.clear()
      for remark in found.remarks { Console.note(Console.escaped(remark) + "\n") }
      return InventoryList(found.rows, notFound: found.notFound, tail: whereTail)
    } catch {
      progress.clear()
      throw error
    }
  }
}
