import Foundation
import Synchronization

/// The built program, run as a child.
struct GodwitProcess {
  /// The program beside this test bundle; `nil` if it was not built.
  static let path: String? = {
    let me = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let folders = [me, CommandLine.arguments[0]].map {
      URL(fileURLWithPath: $0).deletingLastPathComponent().path
    }
    return folders.map { $0 + "/godwit" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// How a child ended.
  struct Ending {
    /// The exit status; `nil` if it was killed.
    var status: Int32?
    /// What it wrote to stderr.
    var errors: String
  }

  var folder: String
  var environment: [String: String]

  /// Runs the program to its end, or until it is killed after a time.
  func run(_ arguments: [String], killedAfter delay: Duration? = nil) async throws -> Ending {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path ?? "/nonexistent")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errorPath = folder + "/stderr"
    _ = FileManager.default.createFile(atPath: errorPath, contents: nil)
    let errors = FileHandle(forWritingAtPath: errorPath)
    process.standardError = errors
    let (endings, continuation) = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
    let pid = process.processIdentifier
    let killer = delay.map { delay in
      Task {
        try await Task.sleep(for: delay)
        kill(pid, SIGKILL)
      }
    }
    for await _ in endings {}
    killer?.cancel()
    try errors?.close()
    return Ending(
      status: process.terminationReason == .exit ? process.terminationStatus : nil,
      errors: (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? ""
    )
  }
}
