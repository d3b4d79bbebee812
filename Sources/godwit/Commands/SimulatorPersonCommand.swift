import ArgumentParser
import AtlasSimulator
import Foundation
import GodwitCore
import GodwitRun

/// `godwit simulator person`.
struct SimulatorPersonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "person",
    abstract: "Do in a simulator's world what only a person can.",
    discussion: """
      Takes the tasks as `godwit manual RUN -o csv` writes them. SLACK is connected through OAuth2, \
      as a person would in the user interface; other tasks are told and left.
      """
  )

  @Option(
    name: .long,
    help: ArgumentHelp("The tasks, as CSV; - is stdin.", valueName: "file")
  )
  var tasks: String

  @Option(name: .long, help: ArgumentHelp("The world's file.", valueName: "file"))
  var world: String = AtlasSession.defaultWorld

  @Option(name: .long, help: ArgumentHelp("Do at most so many tasks.", valueName: "n"))
  var limit: Int?

  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1 on.") }
  }

  func run() async throws {
    try await Console.run(output) {
      let rows = try TasksFile.read(tasks)
      var tally = Tally()
      do throws(SimulatorError) {
        try Simulator.editWorld(ofFile: world) { (world) throws(SimulatorError) in
          for row in rows.prefix(limit ?? rows.count) {
            if row.type == "SLACK" {
              let consent = try world.consentToSlack(in: row.project)
              if consent == .given { tally.done += 1 } else { tally.wasDone += 1 }
            } else {
              tally.left.append(row)
            }
          }
        }
      } catch {
        throw RunError(Diagnostic(simulatorError: error))
      }
      tell(tally)
      return tally.left.isEmpty ? .success : .projectsFailed
    }
  }

  private struct Tally {
    var done = 0
    var wasDone = 0
    var left: [TasksFile.Row] = []
  }

  private func tell(_ tally: Tally) {
    if output.output == .json {
      let object: JSONObject = [
        "done": .number(JSONNumber(Int64(tally.done))),
        "wasDone": .number(JSONNumber(Int64(tally.wasDone))),
        "left": .number(JSONNumber(Int64(tally.left.count))),
      ]
      Console.output(JSONValue.object(object).encodedString() + "\n")
    } else {
      let before = tally.wasDone > 0 ? ", \(tally.wasDone) were done before" : ""
      Console.output("\(tally.done) done\(before), \(tally.left.count) left.\n")
    }
    for row in tally.left.prefix(20) {
      Console.tell(
        Diagnostic(
          "left: \"\(row.title)\" in project \(row.project)",
          severity: .warning,
          advice: "the stand-in connects SLACK and nothing else"
        ),
        output
      )
    }
  }
}
