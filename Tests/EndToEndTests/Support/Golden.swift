import Testing
import TestSupport

/// The recorded texts of these tests.
enum Golden {
  private static let folder = GoldenFolder(besideOrAbove: #filePath)

  static func expect(
    _ text: String,
    matches name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(text == (try folder.text(name, recording: text)), sourceLocation: sourceLocation)
  }
}
