#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What a path names and whose it is; a link at its end is not followed.
public struct FileStanding: Sendable, Hashable {
  /// The kinds of files that are told apart.
  public enum Kind: Sendable, Hashable {
    /// A file with bytes in it.
    case regular
    /// A folder.
    case folder
    /// A symbolic link.
    case link
    /// A pipe, a socket or a device.
    case other
  }

  /// What it is.
  public let kind: Kind
  /// The user id of its owner.
  public let owner: UInt32
  /// The permission bits, set-id and sticky bits included.
  public let mode: UInt16
  /// The size in bytes.
  public let size: Int64
  /// What tells it from every other file of this machine.
  public let identity: [UInt64]

  /// Looks at a path; `nil` if there is nothing, or it cannot be looked at.
  public init?(of path: String) {
    var found = stat()
    guard lstat(path, &found) == 0 else { return nil }
    self.init(found)
  }

  /// Looks at a file that is open; `nil` if it is not.
  public init?(ofDescriptor descriptor: Int32) {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { return nil }
    self.init(found)
  }

  private init(_ found: stat) {
    switch found.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link
    default: kind = .other
    }
    owner = found.st_uid
    mode = UInt16(truncatingIfNeeded: found.st_mode & 0o7777)
    size = Int64(found.st_size)
    identity = [
      UInt64(truncatingIfNeeded: found.st_dev), UInt64(truncatingIfNeeded: found.st_ino),
    ]
  }

  /// Whether it belongs to the user that this process runs as.
  public var isOwn: Bool { owner == geteuid() }

  /// Whether anybody but the owner may read, write or enter it.
  public var isOpenToOthers: Bool { mode & 0o077 != 0 }

  /// The owner for people: the name, or the number of a user without one.
  public var ownerName: String { Self.name(of: owner) }

  /// The user that this process runs as, for people.
  public static var userName: String { name(of: geteuid()) }

  private static func name(of user: UInt32) -> String {
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    let code = getpwuid_r(user, &entry, &buffer, buffer.count, &result)
    guard code == 0, result != nil, let name = entry.pw_name else { return "user \(user)" }
    return String(cString: name)
  }
}
