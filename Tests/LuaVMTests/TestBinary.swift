import Foundation

/// The programs that the build puts beside the test bundle.
enum TestBinary {
  /// Where a program is.
  static func path(of name: String) -> String {
    let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
    let places =
      bundles.map { $0.deletingLastPathComponent() }
      + [
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(), Bundle.main.bundleURL,
      ]
    let paths = places.map { $0.appending(path: name).path }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
  }
}
