import Foundation
import Synchronization

/// What a process left behind when it ended.
struct Finished: Sendable, CustomStringConvertible {
  /// The exit code, or the number of the signal that ended it, negative.
  let status: Int32
  let output: [UInt8]
  let errorOutput: [UInt8]

  /// What it wrote to stdout.
  var text: String { String(decoding: output, as: UTF8.self) }
  /// What it wrote to stderr.
  var errors: String { String(decoding: errorOutput, as: UTF8.self) }
  /// Both, for failed expectations.
  var description: String { "status \(status)\n--- stdout\n\(text)\n--- stderr\n\(errors)" }
}

/// A process that was started, with stdout and stderr going to files.
///
/// It is spawned directly: every descriptor of the test process is closed on exec, so that children
/// that are started side by side do not keep each other's pipes open.
final class GodwitProcess: Sendable {
  /// Where stdin comes from.
  enum Input: Sendable {
    case nothing
    case text(String)
    case terminal(Terminal)
  }

  /// Where stdout goes.
  enum Output: Sendable {
    case kept
    /// A pipe that nobody reads any more, as behind `| head -1`.
    case closedPipe
    /// A file or device.
    case file(String)
    case terminal(Terminal)
  }

  struct SpawnError: Error, CustomStringConvertible {
    let description: String
  }

  let pid: pid_t
  private let captures: (output: URL, errors: URL)
  private let ending: Task<Int32, Never>
  private let life = Life()

  /// Starts a program in a folder, with this whole environment; what it prints goes to files.
  ///
  /// `errorOutput` is where stderr goes instead. After the time limit it is killed, so that a hang is one failed test.
  init(
    _ program: String,
    _ arguments: [String],
    environment: [String: String],
    folder: URL,
    captures: URL,
    input: Input = .nothing,
    output: Output = .kept,
    errorOutput: String? = nil,
    timeLimit: Duration = .seconds(300)
  ) throws {
    let name = UUID().uuidString
    let files = (
      captures.appending(path: "\(name).stdout"), captures.appending(path: "\(name).stderr")
    )
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var source = "/dev/null"
    switch input {
    case .nothing: break
    case .text(let text):
      let file = captures.appending(path: "\(name).stdin")
      try Data(text.utf8).write(to: file)
      source = file.path
    case .terminal(let terminal): source = terminal.path
    }
    posix_spawn_file_actions_addopen(&actions, 0, source, O_RDWR | O_NOCTTY, 0)
    var ends: [Int32] = [-1, -1]
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    switch output {
    case .kept: posix_spawn_file_actions_addopen(&actions, 1, files.0.path, flags, 0o600)
    case .file(let path):
      try Data().write(to: files.0)
      posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_NOCTTY, 0)
    case .terminal(let terminal):
      try Data().write(to: files.0)
      posix_spawn_file_actions_addopen(&actions, 1, terminal.path, O_RDWR | O_NOCTTY, 0)
    case .closedPipe:
      try Data().write(to: files.0)
      ends = try Self.socketPair()
      posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    }
    defer { for end in ends where end >= 0 { close(end) } }
    if let errorOutput {
      try Data().write(to: files.1)
      posix_spawn_file_actions_addopen(&actions, 2, errorOutput, O_WRONLY | O_NOCTTY, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 2, files.1.path, flags, 0o600)
    }
    // Spawning cannot change the folder everywhere; the shell becomes the program, with its id.
    pid = try Self.spawn(
      "/bin/sh",
      ["-c", "cd \"$0\" && exec \"$@\"", folder.path, program] + arguments,
      environment,
      &actions
    )
    self.captures = files
    let child = pid
    let life = life
    ending = Task {
      let killer = Task {
        try await Task.sleep(for: timeLimit)
        life.send(SIGKILL, to: child)
      }
      defer { killer.cancel() }
      return await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: life.end(of: child)) }.start()
      }
    }
  }

  /// Spawns with every signal at its default, whatever the test process inherited.
  private static func spawn(
    _ program: String,
    _ arguments: [String],
    _ environment: [String: String],
    _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
    )
    var words = ([program] + arguments).map { strdup($0) }
    var settings = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for word in words + settings { free(word) } }
    words.append(nil)
    settings.append(nil)
    var pid: pid_t = 0
    let result = posix_spawn(&pid, program, &actions, &attributes, words, settings)
    guard result == 0 else {
      throw SpawnError(description: "\(program): \(String(cString: strerror(result)))")
    }
    return pid
  }

  /// Two connected sockets; unlike a pipe's, their ends are closed on exec from the first.
  private static func socketPair() throws -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw SpawnError(description: "no sockets")
    }
    return ends
  }

  /// Whether a child still has its id; nothing is sent to whoever gets the id next.
  private final class Life: Sendable {
    private let hasEnded = Mutex(false)

    func send(_ signal: Int32, to pid: pid_t) {
      hasEnded.withLock { if !$0 { kill(pid, signal) } }
    }

    var isOver: Bool { hasEnded.withLock { $0 } }

    /// Waits for the end; gives the exit code, or the number of the signal, negative.
    func end(of pid: pid_t) -> Int32 {
      var end = siginfo_t()
      while waitid(P_PID, id_t(pid), &end, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      return hasEnded.withLock {
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        $0 = true
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
      }
    }
  }

  /// Whether it has ended.
  var hasEnded: Bool { life.isOver }

  /// Whether it waits in a pipe that takes no more.
  var isBlockedByPipe: Bool {
    let threads = "/proc/\(pid)/task"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: threads)) ?? []
    return names.contains {
      (try? String(contentsOfFile: "\(threads)/\($0)/wchan", encoding: .utf8))?
        .contains("pipe_write") == true
    }
  }

  /// Sends a signal, unless it has ended.
  func send(_ signal: Int32) {
    life.send(signal, to: pid)
  }

  /// Waits for its end.
  func finished() async throws -> Finished {
    let status = await ending.value
    return Finished(
      status: status,
      output: Array(try Data(contentsOf: captures.output)),
      errorOutput: Array(try Data(contentsOf: captures.errors))
    )
  }

  /// What it wrote to stdout so far.
  var outputSoFar: String { Self.text(of: captures.output) }
  /// What it wrote to stderr so far.
  var errorsSoFar: String { Self.text(of: captures.errors) }

  private static func text(of file: URL) -> String {
    ((try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }
}

/// A pseudo-terminal: what is typed into it is what a process reads from its stdin.
final class Terminal: Sendable {
  /// The path of the end that the process opens.
  let path: String
  private let descriptor: Int32
  private let other: Int32

  init() throws {
    var ours: Int32 = -1
    var theirs: Int32 = -1
    guard openpty(&ours, &theirs, nil, nil, nil) == 0, let name = ttyname(theirs) else {
      throw GodwitProcess.SpawnError(description: "no pseudo-terminal")
    }
    for end in [ours, theirs] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ours, F_SETFL, O_NONBLOCK)
    path = String(cString: name)
    descriptor = ours
    // Kept open, so that what is typed before a process looks is not lost.
    other = theirs
  }

  deinit {
    close(descriptor)
    close(other)
  }

  /// What was shown since it was asked last.
  func shown() -> String {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: result, as: UTF8.self) }
      result += buffer[..<count]
    }
  }

  /// Types a text.
  func type(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
}

/// Asks again and again until something holds, so long that only a hang makes it fail.
///
/// - Returns: whether it came to hold.
@discardableResult
func eventually(
  within limit: Duration = .seconds(120),
  _ holds: () throws -> Bool
) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try holds() { return true }
    try await Task.sleep(for: .milliseconds(15))
  }
  return false
}
