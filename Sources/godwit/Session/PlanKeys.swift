import Foundation
import GodwitCore
import GodwitJournal
import GuardedFiles

/// Where the key is with which this user's plans are marked: a variable, or a file of the user's own.
struct PlanKeys {
  /// The variable that holds a key, for machines without a home.
  static let variable = "GODWIT_PLAN_KEY"

  /// The environment.
  var environment: [String: String] = ProcessInfo.processInfo.environment

  /// The key for a new plan; its file is made on first use.
  ///
  /// - Returns: `nil` where there is no place for a key.
  /// - Throws: `Diagnostic` for a variable or a file that is no key, or that others can read.
  func forPlanning() throws -> PlanKey? {
    if let key = try forApplying() { return key }
    guard let path = ConfigurationFolders(environment: environment).planKeyFile else { return nil }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    } catch {
      return nil
    }
    guard Self.make(path) else { return nil }
    return try forApplying()
  }

  /// The key by which plans are known.
  ///
  /// - Returns: `nil` if there is none.
  /// - Throws: as ``forPlanning()``.
  func forApplying() throws -> PlanKey? {
    if let text = environment[Self.variable], !text.isEmpty {
      do throws(PlanKey.Flaw) { return try PlanKey(text: text) } catch {
        throw Self.complaint(
          Self.variable,
          error,
          advice: "set it to what `openssl rand -hex 32` prints"
        )
      }
    }
    guard let path = ConfigurationFolders(environment: environment).planKeyFile,
      FileStanding(of: path) != nil
    else { return nil }
    return try Self.read(path)
  }

  // MARK: - The file

  /// Makes the file whole or not at all; another process may make it at the same time.
  ///
  /// - Returns: whether it is there.
  private static func make(_ path: String) -> Bool {
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let descriptor = open(draft, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { unlink(draft) }
    let digits = (0..<PlanKey.minimumCount).map { _ in
      let digits = String(UInt8.random(in: 0 ... .max), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    let text = Array((digits.joined() + "\n").utf8)
    let isWritten =
      fchmod(descriptor, 0o600) == 0 && write(descriptor, text, text.count) == text.count
      && fsync(descriptor) == 0
    close(descriptor)
    return isWritten && (link(draft, path) == 0 || errno == EEXIST)
  }

  private static func read(_ path: String) throws -> PlanKey {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0, let standing = FileStanding(ofDescriptor: descriptor) else {
      let reason = errno == ELOOP ? "it is a link" : String(cString: strerror(errno))
      throw Diagnostic(
        "the key of your plans, \(path), cannot be read: \(reason)",
        advice: "put a file in its place that only you can read, or set \(variable)"
      )
    }
    defer { close(descriptor) }
    guard standing.kind == .regular, standing.isOwn else {
      throw Diagnostic(
        "the key of your plans, \(path), is not a file of yours"
          + (standing.isOwn ? "" : ": it belongs to \(standing.ownerName)"),
        advice: "remove it, and godwit makes another one; or set \(variable)"
      )
    }
    guard !standing.isOpenToOthers else {
      throw Diagnostic(
        "the key of your plans, \(path), can be read by others"
          + " (mode \(String(standing.mode, radix: 8)))",
        advice: "remove it, and godwit makes another one; plans that were made with it are then not"
          + " proven any more"
      )
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Foundation.read(descriptor, &bytes, bytes.count)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    do throws(PlanKey.Flaw) { return try PlanKey(text: text) } catch {
      throw complaint(
        "the key of your plans, \(path),",
        error,
        advice: "remove it, and godwit makes another one"
      )
    }
  }

  private static func complaint(
    _ subject: String,
    _ flaw: PlanKey.Flaw,
    advice: String
  ) -> Diagnostic {
    let problem =
      switch flaw {
      case .malformed: "is neither hexadecimal digits nor Base64"
      case .tooShort(let bytes):
        "has \(bytes) bytes, and a key has at least \(PlanKey.minimumCount)"
      case .notRandom: "is not random: it repeats a few bytes"
      }
    return Diagnostic("\(subject) \(problem)", advice: advice)
  }
}
