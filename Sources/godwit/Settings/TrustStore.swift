import Foundation
import GodwitCore
import GuardedFiles

/// The settings files beside scripts that the user has trusted, by canonical path and content.
struct TrustStore {
  /// A file that was trusted.
  struct Entry: Hashable {
    /// Its canonical path.
    var path: String
    /// The SHA-256 of its content, in hexadecimal digits.
    var sha256: String
  }

  /// How a file stands.
  enum Standing {
    /// Trusted with the content that it has.
    case trusted
    /// Trusted with another content.
    case changed
    /// Not trusted.
    case unknown
  }

  /// Where the list is kept; `nil` for a user without a home.
  private let path: String?

  /// The list of the user that an environment belongs to.
  init(environment: [String: String]) {
    path = ConfigurationFolders(environment: environment).trustFile
  }

  /// What is trusted, in the order of the paths.
  ///
  /// - Throws: `Diagnostic` for a list that is damaged, or that others could have written.
  func entries() throws -> [Entry] {
    guard let path, FileStanding(of: path) != nil else { return [] }
    let bytes = try contents(of: path)
    guard let value = try? JSONValue(parsing: bytes),
      value.objectValue?["formatVersion"]?.int64Value == 1,
      let files = value.objectValue?["files"]?.arrayValue
    else { throw Self.unusable(path, "it is damaged") }
    return try files.map { file in
      guard let name = file.objectValue?["path"]?.stringValue,
        let sha256 = file.objectValue?["sha256"]?.stringValue
      else { throw Self.unusable(path, "it is damaged") }
      return Entry(path: name, sha256: sha256)
    }
  }

  /// How a file stands.
  ///
  /// - Throws: as ``entries()``.
  func standing(of file: Entry) throws -> Standing {
    let known = try entries().filter { $0.path == file.path }
    if known.isEmpty { return .unknown }
    return known.contains(file) ? .trusted : .changed
  }

  /// Trusts a file with this content, and with no other.
  ///
  /// - Throws: `Diagnostic` if the list cannot be read or written.
  func trust(_ file: Entry) throws {
    try change { entries in
      entries.removeAll { $0.path == file.path }
      entries.append(file)
    }
  }

  /// Takes the trust in a file back.
  ///
  /// - Returns: whether it was trusted.
  /// - Throws: as ``trust(_:)``.
  func revoke(_ file: String) throws -> Bool {
    var isKnown = false
    try change { entries in
      isKnown = entries.contains { $0.path == file }
      entries.removeAll { $0.path == file }
    }
    return isKnown
  }

  // MARK: - The file

  private static let longest = 4 << 20

  private func contents(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Self.unusable(path, errno == ELOOP ? "it is a link" : String(cString: strerror(errno)))
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard let standing = FileStanding(ofDescriptor: descriptor), standing.kind == .regular,
      standing.isOwn
    else { throw Self.unusable(path, "it is not a file of yours") }
    guard !standing.isOpenToOthers else {
      throw Self.unusable(path, "others can use it (mode \(String(standing.mode, radix: 8)))")
    }
    guard standing.size <= Self.longest, let data = try? handle.readToEnd() ?? Data() else {
      throw Self.unusable(path, "it cannot be read")
    }
    return Array(data)
  }

  /// Changes the list while no other process does, and puts it in place whole.
  private func change(_ edit: (inout [Entry]) -> Void) throws {
    guard let path else {
      throw Diagnostic(
        "there is no folder for your settings, so that nothing can be trusted",
        advice: "set HOME or XDG_CONFIG_HOME"
      )
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw Self.unwritable(path) }
    defer { close(lock) }
    guard flock(lock, LOCK_EX) == 0 else { throw Self.unwritable(path) }
    var list = try entries()
    edit(&list)
    let files = list.sorted { $0.path < $1.path }.map { entry in
      JSONValue.object(["path": .string(entry.path), "sha256": .string(entry.sha256)])
    }
    let text = JSONValue.object(["formatVersion": 1, "files": .array(files)]).encodedString()
    try Self.put(Array((text + "\n").utf8), at: path)
  }

  private static func put(_ bytes: [UInt8], at path: String) throws {
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let descriptor = open(draft, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(path) }
    let isWritten =
      fchmod(descriptor, 0o600) == 0 && write(descriptor, bytes, bytes.count) == bytes.count
      && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten, rename(draft, path) == 0 else {
      defer { unlink(draft) }
      throw unwritable(path)
    }
  }

  private static func unusable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "the list of files that you trust, \(path), cannot be used: \(reason)",
      advice: "remove it, then type `godwit trust` for each file that you trust"
    )
  }

  private static func unwritable(_ path: String) -> Diagnostic {
    Diagnostic(
      "the list of files that you trust, \(path), cannot be written",
      detail: String(cString: strerror(errno)),
      advice: "make its folder one that you can write to"
    )
  }
}
