import Foundation
import GuardedFiles

/// The border of a folder: which paths lie within it, after links and `..`.
struct FolderBorder {
  /// The folder's canonical path; `nil` if nothing counts as within it.
  private let root: String?
  private let isHome: Bool

  /// Takes a folder.
  ///
  /// Of the user's home only files that are not hidden count, and of a folder that the home lies in
  /// nothing does: what is there did not come with a script.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - home: the user's home, if there is one.
  init(_ path: String, home: String?) {
    let found = Self.canonical(path)
    let home = home.flatMap { $0.isEmpty ? nil : Self.canonical($0) }
    isHome = found != nil && found == home
    let isAboveHome = found.map { found in home.map { Self.holds(found, $0) } ?? false } ?? true
    root = found == "/" || isAboveHome && !isHome ? nil : found
  }

  /// Whether a path lies in the folder, as this process would open it.
  ///
  /// A file that does not exist yet counts by the folder that it would be made in. A `file:` URI,
  /// which SQLite would follow to anywhere, never counts.
  func holds(_ path: String) -> Bool {
    guard let root, !path.isEmpty, !path.lowercased().hasPrefix("file:"),
      let path = Self.canonical(path), Self.holds(root, path)
    else { return false }
    return !isHome || !path.dropFirst(root.count).contains("/.")
  }

  private static func holds(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  /// The path without links, `.` and `..`; what is missing at its end is kept as it is.
  ///
  /// - Returns: `nil` for a link that leads nowhere, a path that cannot be followed, and one that goes
  ///   up from a folder that does not exist.
  static func canonical(_ path: String) -> String? {
    guard !path.utf8.contains(0) else { return nil }
    var existing =
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var missing: [Substring] = []
    while true {
      if let resolved = realpath(existing, nil) {
        defer { free(resolved) }
        guard let text = String(validatingCString: resolved) else { return nil }
        return missing.isEmpty
          ? text : (text == "/" ? "" : text) + "/" + missing.reversed().joined(separator: "/")
      }
      guard errno == ENOENT, FileStanding(of: existing) == nil else { return nil }
      while existing.count > 1, existing.hasSuffix("/") { existing.removeLast() }
      guard let slash = existing.lastIndex(of: "/") else { return nil }
      let last = existing[existing.index(after: slash)...]
      guard last != "..", !last.isEmpty else { return nil }
      if last != "." { missing.append(last) }
      existing = slash == existing.startIndex ? "/" : String(existing[..<slash])
    }
  }
}
