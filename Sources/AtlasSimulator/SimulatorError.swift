/// Why a simulator could not be started, or its world not be made, read or changed.
public struct SimulatorError: Error, Sendable, Hashable {
  /// What kind of trouble it is.
  public enum Kind: Sendable, Hashable {
    /// The file exists and is not a world of this simulator.
    case notAWorld
    /// The world was made by a newer version of this program.
    case newerWorld
    /// The file or its folder cannot be read or written.
    case inaccessibleFile
    /// Another process has the world open.
    case worldInUse
    /// The port is taken or not allowed.
    case portUnavailable
    /// A setting makes no sense, such as a fail rate of 2.
    case invalidSetting
    /// An edit of the world named something that is not there, or is there already.
    case invalidEdit
    /// SQLite reported something else.
    case database
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file, port or setting that it is about.
  public let subject: String
  /// What is wrong, as a sentence.
  public let problem: String
  /// What to do about it, as a sentence.
  public let advice: String
}

extension SimulatorError: CustomStringConvertible {
  /// Subject, problem and advice on one line.
  public var description: String {
    "\(subject): \(problem) \(advice)"
  }
}
