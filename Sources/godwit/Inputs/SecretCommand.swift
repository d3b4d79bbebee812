import Foundation
import GodwitCore

/// A command that prints a secret: `/bin/sh -c`, without input, for half a minute at most.
struct SecretCommand {
  /// What the shell is given.
  var command: String
  /// How long it may take.
  var limit: Duration = .seconds(30)

  /// More output than this is no secret.
  private static let longestOutput = 1 << 20

  /// Why there is no value.
  struct Failure: Error {
    var reason: String
    var advice: String
  }

  /// Runs it and gives what it printed on stdout; stderr stays the terminal's.
  ///
  /// - Throws: ``Failure`` if it cannot be started, takes too long, prints too much, or exits with
  ///   another code than 0. What it printed is not in it.
  func output() throws(Failure) -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Self.system("no pipe can be made") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child: pid_t
    do {
      child = try start(writingTo: ends[1])
    } catch {
      close(ends[0])
      close(ends[1])
      throw error
    }
    close(ends[1])
    defer { close(ends[0]) }
    let deadline = ContinuousClock.now + limit
    let output: [UInt8]
    do {
      output = try read(ends[0], until: deadline)
    } catch {
      // A group of its own: what the shell started ends with it.
      kill(-child, SIGKILL)
      _ = wait(for: child, until: .now + .seconds(1))
      throw error
    }
    guard let status = wait(for: child, until: deadline) else {
      kill(-child, SIGKILL)
      _ = wait(for: child, until: .now + .seconds(1))
      throw tooSlow
    }
    guard status == 0 else {
      let code = status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      throw Failure(
        reason: "the command ended with \(code)",
        advice: "try it in a shell; what it wrote to stderr is above"
      )
    }
    return output
  }

  private var tooSlow: Failure {
    Failure(
      reason: "the command did not end within \(limit.components.seconds) seconds",
      advice: "it gets no input: log in beforehand"
    )
  }

  private static func system(_ what: String) -> Failure {
    Failure(reason: "\(what) (\(String(cString: strerror(errno))))", advice: "try again")
  }

  private func start(writingTo output: Int32) throws(Failure) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // Signals that this process ignores are not ignored there.
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETPGROUP)
    )
    let texts: [String] = ["/bin/sh", "-c", command]
    var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environ)
    guard code == 0 else {
      errno = code
      throw Self.system("/bin/sh cannot be started")
    }
    return child
  }

  /// Reads to the end of the output.
  private func read(
    _ descriptor: Int32,
    until deadline: ContinuousClock.Instant
  ) throws(Failure) -> [UInt8] {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = ContinuousClock.now.duration(to: deadline).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { throw tooSlow }
      var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&input, 1, Int32(min(milliseconds, 1000))) > 0 else { continue }
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return result }
      result += chunk[..<count]
      guard result.count <= Self.longestOutput else {
        throw Failure(
          reason: "the command prints more than 1 MiB",
          advice: "print the secret alone"
        )
      }
    }
  }

  /// The status with which a process ends; `nil` if it does not in time.
  private func wait(for child: pid_t, until deadline: ContinuousClock.Instant) -> Int32? {
    var status: Int32 = 0
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { return status }
      if ended < 0, errno != EINTR { return 0x7F00 }
      guard ContinuousClock.now < deadline else { return nil }
      usleep(2000)
    }
  }
}
