import Foundation

/// Runs cases in child processes, so that a crash is one case that is named.
struct FuzzParent {
  let first: UInt64
  let count: UInt64
  private var read = 0
  private var applied = 0

  init(first: UInt64, count: UInt64) {
    self.first = first
    self.count = count
  }

  /// How long a child may be silent about its progress.
  private static let patience = 60.0
  private static let batch: UInt64 = 250

  /// Runs all cases.
  ///
  /// - Returns: the exit status.
  mutating func run() throws -> Int32 {
    let folder = NSTemporaryDirectory() + "godwit-fuzz-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var troubles = 0
    var next = first
    let end = first &+ count
    while next < end {
      let size = min(Self.batch, end - next)
      if let (number, problem) = try runChild(from: next, size, folder) {
        troubles += 1
        print("case \(number): \(problem)")
        fflush(nil)
        next = number + 1
      } else {
        next += size
      }
    }
    print(
      "\(count) run files from \(first) on: \(read) could be read, \(applied) be applied,"
        + " \(troubles) in trouble"
    )
    try FileManager.default.removeItem(atPath: folder)
    return troubles == 0 ? 0 : 1
  }

  /// Runs some cases.
  ///
  /// - Returns: the case that went wrong, and how; `nil` if none did.
  private mutating func runChild(
    from first: UInt64,
    _ count: UInt64,
    _ folder: String
  ) throws -> (number: UInt64, problem: String)? {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    child.arguments = ["--child", "\(first)", "\(count)", folder]
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    var last = first
    var lines = ""
    // Every case is a line; a child that says nothing for long hangs.
    while true {
      var input = pollfd(
        fd: output.fileHandleForReading.fileDescriptor,
        events: Int16(POLLIN),
        revents: 0
      )
      guard poll(&input, 1, Int32(Self.patience * 1000)) > 0 else {
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        return (last, "it hangs")
      }
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      lines += String(decoding: data, as: UTF8.self)
      let complete = lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      read += complete.count { $0 == "read" }
      applied += complete.count { $0 == "applied" }
      last = complete.compactMap { UInt64($0) }.last ?? last
      if let problem = complete.first(where: { $0.hasPrefix("!") }) {
        child.waitUntilExit()
        return (last, String(problem.dropFirst()))
      }
      lines =
        lines.split(separator: "\n", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    }
    child.waitUntilExit()
    guard child.terminationStatus != 0 else { return nil }
    return (last, "it crashed (\(child.terminationReason.rawValue), \(child.terminationStatus))")
  }
}
