import Foundation
import Testing

@testable import godwit

/// Which options a settings file beside a script may have.
@Suite struct SettingReachTests {
  private static func names(_ shape: CommandShape) -> Set<String> {
    Set(shape.options.filter(\.isShown).map(\.name)).union(shape.subcommands.flatMap(names))
  }

  @Test func `every long option is classified, and nothing that is no option`() throws {
    let options = Self.names(try #require(CommandShape(of: Godwit.self)))
    let classified = Set(SettingReach.all.keys)
    #expect(options.subtracting(classified).isEmpty)
    #expect(classified.subtracting(options).subtracting(["help", "version"]).isEmpty)
  }

  @Test func `an option that is not classified is taken from no file beside a script`() {
    let border = FolderBorder("/nowhere", home: nil)
    #expect(SettingReach.concern("brand-new", "1", in: border) != nil)
  }

  @Test(arguments: [
    ("max-failures", "10", "11"), ("max-failures", "10%", "10.1%"), ("settle", "5s", "4999ms"),
    ("settle", "1m", "0ms"), ("expires", "24h", "25h"), ("older-than", "30d", "29d"),
    ("allow-empty", "false", "true"), ("allow-unknown-fields", "no", "on"),
  ])
  func `a guard can be made stricter, and not weaker`(option: String, strict: String, weak: String)
  {
    let border = FolderBorder("/nowhere", home: nil)
    #expect(SettingReach.concern(option, strict, in: border) == nil)
    #expect(SettingReach.concern(option, weak, in: border) == "weakens a guard")
  }

  @Test(arguments: [
    "base-url", "allow-http", "profile", "as", "operation", "retry", "yes", "accept-drift",
  ])
  func `what decides for the user is never taken as harmless`(option: String) {
    let border = FolderBorder("/nowhere", home: nil)
    for value in ["true", "false", "x", ""] {
      #expect(SettingReach.concern(option, value, in: border) != nil)
    }
  }
}
