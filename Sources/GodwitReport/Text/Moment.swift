/// Moments as people and machines read them, always in UTC.
enum Moment {
  /// For people, for example `2026-11-21 15:04 UTC`.
  static func text(_ seconds: Int64) -> String {
    let (date, time) = parts(seconds)
    return "\(date) \(time.prefix(5)) UTC"
  }

  /// ISO 8601, for example `2026-11-21T15:04:00Z`.
  static func iso(_ seconds: Int64) -> String {
    let (date, time) = parts(seconds)
    return "\(date)T\(time)Z"
  }

  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  private static func parts(_ seconds: Int64) -> (date: String, time: String) {
    let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
    let day = Int((Double(bounded) / 86_400).rounded(.down))
    let second = Int(bounded) - day * 86_400
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let date = "\(padded(year, 4))-\(padded(civilMonth, 2))-\(padded(dayOfMonth, 2))"
    let time =
      "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    return (date, time)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
