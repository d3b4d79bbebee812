import ArgumentParser

/// How many projects may fail, as typed: a number, or a percentage of the projects.
struct FailureLimit: Sendable {
  private enum Amount {
    case projects(Int)
    case percent(Double)
  }

  private let amount: Amount

  /// The limit where none is typed: a tenth of the projects, at least 10 of them.
  static let standard = FailureLimit(amount: .percent(10))
  private static let standardMinimum = 10

  private init(amount: Amount) {
    self.amount = amount
  }

  /// Reads what was typed.
  ///
  /// - Throws: `ValidationError` for anything but a positive number or a percentage up to 100.
  static func parse(_ text: String) throws -> FailureLimit {
    if text.hasSuffix("%") {
      if let share = Double(text.dropLast()), share > 0, share <= 100 {
        return FailureLimit(amount: .percent(share))
      }
    } else if let number = Int(text), number > 0 {
      return FailureLimit(amount: .projects(number))
    }
    throw ValidationError("--max-failures takes a number or a percentage, for example 5 or 2%.")
  }

  /// Whether a text is no limit, or one that allows no more failures than the standard one.
  static func isWithinStandard(_ text: String) -> Bool {
    guard let limit = try? parse(text) else { return true }
    return switch limit.amount {
    case .projects(let number): number <= standardMinimum
    case .percent(let share): share <= 10
    }
  }

  /// The number of projects that may fail out of so many; at least 1, percentages rounded up.
  func count(of projects: Int) -> Int {
    switch amount {
    case .projects(let number): number
    case .percent(let share): max(1, Int((Double(projects) * share / 100).rounded(.up)))
    }
  }

  /// The number of projects that may fail, by a limit that was typed or else by the standard one.
  static func count(of projects: Int, _ typed: FailureLimit?) -> Int {
    typed?.count(of: projects) ?? max(standardMinimum, standard.count(of: projects))
  }
}
