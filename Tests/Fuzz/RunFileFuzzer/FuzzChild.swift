import Foundation
import GodwitCore
import TestSupport

/// Runs cases one after the other and prints the number of each before it begins.
struct FuzzChild {
  let folder: String
  let first: UInt64
  let count: UInt64

  /// Runs the cases.
  ///
  /// - Returns: the exit status.
  func run() async -> Int32 {
    do {
      let templates = try await FuzzTemplate.all(in: folder)
      for number in first..<first + count {
        say("\(number)")
        if let problem = try await run(number, templates) {
          say("!" + problem)
          return 0
        }
      }
      return 0
    } catch {
      say("!the fuzzer itself failed: \(error)")
      return 0
    }
  }

  private func run(_ number: UInt64, _ templates: [FuzzTemplate]) async throws -> String? {
    let place = folder + "/case"
    try? FileManager.default.removeItem(atPath: place)
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let canary = place + "/canary"
    try Data("stays".utf8).write(to: URL(fileURLWithPath: canary))
    var mutation = FuzzMutation(seed: number, canary: canary)
    let path = place + "/run.godwit"
    try await mutation.make(templates, at: path)
    var trial = FuzzTrial(path: path, mayRollBack: mutation.hasJournal)
    let problem = await trial.run()
    if trial.wasRead { say("read") }
    if trial.wasApplied { say("applied") }
    let isKept = FileManager.default.contents(atPath: canary) == Data("stays".utf8)
    return problem ?? (isKept ? nil : "a file beside the run was changed or removed")
  }

  private func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }
}
