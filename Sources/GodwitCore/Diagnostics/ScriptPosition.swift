/// A line of a script.
public struct ScriptPosition: Sendable, Hashable, CustomStringConvertible {
  /// The file as it was named on the command line or by `require`.
  public let file: String
  /// The line, from 1.
  public let line: Int

  /// Names a line of a file.
  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  /// `file:line`, as editors and terminals link it.
  public var description: String { "\(file):\(line)" }
}
