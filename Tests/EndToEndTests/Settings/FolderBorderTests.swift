import Foundation
import TestSupport
import Testing

@testable import godwit

/// Which paths lie within a folder.
@Suite struct FolderBorderTests {
  /// A folder with files, links in and out, and a neighbor whose name begins alike.
  private static func with(_ body: (_ folder: String) throws -> Void) throws {
    let base = NSTemporaryDirectory() + "godwit-border-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: base) }
    let manager = FileManager.default
    for folder in ["/in/sub", "/in/.hidden", "/in-not", "/out"] {
      try manager.createDirectory(atPath: base + folder, withIntermediateDirectories: true)
    }
    for file in ["/in/a", "/in/sub/b", "/in/.hidden/c", "/in-not/d", "/out/e"] {
      try Data("x".utf8).write(to: URL(filePath: base + file))
    }
    for (link, target) in [
      ("/in/file-out", base + "/out/e"), ("/in/folder-out", "../out"), ("/in/dangling", "../new"),
      ("/in/file-in", "sub/b"), ("/in/folder-in", base + "/in/sub"), ("/in/loop", "loop"),
      ("/out/back", "../in"),
    ] {
      try manager.createSymbolicLink(atPath: base + link, withDestinationPath: target)
    }
    try body(base + "/in")
  }

  @Test func `files in the folder count, by whatever way`() throws {
    try Self.with { folder in
      let border = FolderBorder(folder, home: nil)
      for path in [
        "/a", "/sub/b", "/./sub/../a", "//a", "/file-in", "/folder-in/b", "/new", "/sub/new",
        "/new/newer", "/folder-out/back/a", "/.hidden/c", "/new/", "/sub",
      ] { #expect(border.holds(folder + path), "\(path)") }
    }
  }

  @Test func `nothing beyond it counts, by whatever way`() throws {
    try Self.with { folder in
      let border = FolderBorder(folder, home: nil)
      for path in [
        "/../out/e", "-not/d", "/sub/../../out/e", "/file-out", "/folder-out/e",
        "/folder-out/new", "/folder-in/../../out/e", "/dangling", "/loop", "/new/../../out/e",
        "/a/b", "/../new", "/..",
      ] { #expect(!border.holds(folder + path), "\(path)") }
      for path in [
        "", "a", "/etc/passwd", "/dev/stdin", "/proc/self/environ", "file:\(folder)/a",
        "FILE:\(folder)/a?mode=rw", "file:a", "\(folder)/a\u{0}/../../out/e", "~/a",
      ] { #expect(!border.holds(path), "\(path)") }
    }
  }

  @Test func `the home has only what is not hidden, and what holds the home has nothing`() throws {
    try Self.with { folder in
      let home = FolderBorder(folder, home: folder)
      #expect(home.holds(folder + "/sub/b"))
      #expect(!home.holds(folder + "/.hidden/c"))
      #expect(!home.holds(folder + "/.ssh/id"))
      let above = FolderBorder(folder, home: folder + "/sub")
      #expect(!above.holds(folder + "/a") && !above.holds(folder + "/sub/b"))
      #expect(!FolderBorder("/", home: nil).holds("/etc/passwd"))
      #expect(!FolderBorder(folder + "/missing/..", home: nil).holds(folder + "/a"))
    }
  }

  @Test func `what counts is opened within, for any path`() throws {
    try Self.with { folder in
      let border = FolderBorder(folder, home: nil)
      let root = try #require(FolderBorder.canonical(folder))
      var random = SeededRandom(seed: 11)
      let parts = [
        "a", "sub", "..", ".", "", "new", "file-out", "folder-out", "dangling", "folder-in",
        "loop", "back", "b", "in", "out",
      ]
      var opened = 0
      for _ in 0..<3000 {
        let count = Int.random(in: 1...5, using: &random)
        let path =
          folder + "/"
          + (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined(
            separator: "/"
          )
        guard border.holds(path) else { continue }
        let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { continue }
        close(descriptor)
        opened += 1
        let real = try #require(FolderBorder.canonical(path))
        #expect(real.hasPrefix(root + "/"), "\(path) is \(real)")
        if path.hasSuffix("new") { unlink(path) }
      }
      #expect(opened > 100)
    }
  }
}
