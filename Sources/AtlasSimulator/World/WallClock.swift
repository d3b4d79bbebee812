#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The time of day in UTC, and its texts.
struct WallClock {
  let seconds: Int64
  let milliseconds: Int

  static func now() -> WallClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallClock(seconds: Int64(time.tv_sec), milliseconds: Int(time.tv_nsec) / 1_000_000)
  }

  /// The parts of a date in the Gregorian calendar.
  struct Parts {
    var year: Int
    var month: Int
    var day: Int
    var weekday: Int
    var secondOfDay: Int
  }

  /// The date of a number of seconds since 1970, by Howard Hinnant's `civil_from_days`.
  ///
  /// It is one of the years 1 to 9999, however far away the seconds are.
  static func parts(of seconds: Int64) -> Parts {
    let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
    let secondOfDay = Int(((seconds % 86_400) + 86_400) % 86_400)
    let days = (Int(seconds) - secondOfDay) / 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return Parts(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
      month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
      weekday: ((days % 7) + 11) % 7,
      secondOfDay: secondOfDay
    )
  }

  private static func padded(_ number: Int, to width: Int = 2) -> String {
    let text = String(number)
    return text.utf8.count >= width
      ? text : String(repeating: "0", count: width - text.utf8.count) + text
  }

  private static func timeOfDay(_ second: Int) -> String {
    "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
  }

  /// ISO 8601 with seconds, as Atlas writes `created`: `2024-05-06T07:08:09Z`.
  static func isoText(_ seconds: Int64) -> String {
    let parts = parts(of: seconds)
    return "\(padded(parts.year, to: 4))-\(padded(parts.month))-\(padded(parts.day))"
      + "T\(timeOfDay(parts.secondOfDay))Z"
  }

  /// ISO 8601 with milliseconds.
  var isoText: String {
    let whole = Self.isoText(seconds)
    return "\(whole.dropLast()).\(Self.padded(milliseconds, to: 3))Z"
  }

  /// The form of HTTP's `Date` header: `Mon, 06 May 2024 07:08:09 GMT`.
  static func httpText(_ seconds: Int64) -> String {
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let parts = parts(of: seconds)
    return "\(weekdays[parts.weekday]), \(padded(parts.day)) \(months[parts.month - 1]) "
      + "\(padded(parts.year, to: 4)) \(timeOfDay(parts.secondOfDay)) GMT"
  }
}
