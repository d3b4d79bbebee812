import ArgumentParser
import Foundation

/// When a run is to stop: after a time as typed (`90m`), at a time of the day (`18:30`, the next one
/// by this machine's clock), or at an instant (`2026-11-22T18:30:00Z`).
struct Deadline: ExpressibleByArgument {
  let instant: Date

  init?(argument: String) {
    self.init(argument, now: Date(), calendar: .current)
  }

  init?(_ text: String, now: Date, calendar: Calendar) {
    if let span = Span(argument: text) {
      instant = now.addingTimeInterval(TimeInterval(span.seconds))
    } else if let time = Self.next(text, now: now, calendar: calendar) {
      instant = time
    } else if let time = ISO8601DateFormatter().date(from: text) {
      instant = time
    } else {
      return nil
    }
  }

  /// The next time that the clock shows `HH:MM`.
  private static func next(_ text: String, now: Date, calendar: Calendar) -> Date? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ 1...2 ~= $0.count && $0.allSatisfy(\.isNumber) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), 0...23 ~= hour, 0...59 ~= minute
    else { return nil }
    return calendar.nextDate(
      after: now,
      matching: DateComponents(hour: hour, minute: minute),
      matchingPolicy: .nextTime
    )
  }
}
