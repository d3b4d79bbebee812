import Foundation
import GodwitAtlas
import GodwitCore
import GodwitReport

extension Doctor {
  /// What Atlas says of the addresses that the credentials may be used from.
  static func accessList(_ list: [String]?) -> [Examination.Finding] {
    guard let list else {
      return [
        Examination.Finding(
          "access list",
          .unknown,
          "Atlas does not tell the access list of these credentials; this address is accepted"
        )
      ]
    }
    guard !list.isEmpty else {
      return [
        Examination.Finding(
          "access list",
          .ok,
          "without entries: accepted from any address, as far as the organization allows that"
        )
      ]
    }
    let shown = list.prefix(5).joined(separator: ", ")
    let more = list.count > 5 ? " and \(list.count - 5) more" : ""
    return [Examination.Finding("access list", .ok, shown + more)]
  }

  /// Whether a service account's secret is about to end.
  func secretExpiry(_ expiries: [String]) -> [Examination.Finding] {
    let ends = expiries.compactMap { text in
      (try? Date(text, strategy: .iso8601)).map { ($0.timeIntervalSince1970, text) }
    }
    guard let last = ends.max(by: { $0.0 < $1.0 }) else { return [] }
    let days = Int((last.0 - clock()) / 86_400)
    guard days < 14 else {
      return [Examination.Finding("secret", .ok, "good until \(last.1), for \(days) days")]
    }
    return [
      Examination.Finding(
        "secret",
        .warning,
        "the newest secret of the account ends \(last.1)",
        advice: "make a new one in Atlas before that, and put it where this one is"
      )
    ]
  }

  /// Whether integrations can be read, and how often.
  func reading(
    _ reader: AtlasReader,
    _ session: AtlasSession,
    _ projects: [Project]
  ) async -> [Examination.Finding] {
    guard let project = projects.first else { return [] }
    var findings: [Examination.Finding] = []
    do throws(AtlasError) {
      let count = try await reader.integrations(of: project.id).count
      findings.append(
        Examination.Finding(
          "reading",
          .ok,
          "the integrations of \(project.name) can be read: \(count)"
        )
      )
    } catch {
      findings.append(Self.finding("reading", error))
    }
    findings.append(await limits(reader, session, project))
    return findings
  }

  private func limits(
    _ reader: AtlasReader,
    _ session: AtlasSession,
    _ project: Project
  ) async -> Examination.Finding {
    if let set = try? await reader.integrationLimits(of: project.id).first {
      return Examination.Finding(
        "limits",
        .ok,
        "integrations: \(set.capacity) requests at once for each project,"
          + " \(set.refillRate) more every \(set.refillSeconds) s"
      )
    }
    if let sign = session.connection.statistics.rateLimit {
      return Examination.Finding(
        "limits",
        .ok,
        "\(sign.remaining) of \(sign.limit) requests left where the last one was counted"
      )
    }
    return Examination.Finding(
      "limits",
      .unknown,
      "Atlas tells no limits to these credentials",
      advice: "if Atlas answers 429, Godwit waits as long as it asks; fewer at once: -j 8"
    )
  }
}

/// How far the clock of this machine is from the server's.
enum ClockSkew {
  /// More than this is worth knowing.
  static let tolerance: TimeInterval = 30

  /// Judges the `Date` of an answer that came between two times on this machine.
  ///
  /// Source: RFC 9110, section 5.6.7, for the form of the date, which has whole seconds.
  static func finding(
    date: String?,
    before: TimeInterval,
    after: TimeInterval
  ) -> Examination.Finding {
    guard let date, let server = seconds(date) else {
      return Examination.Finding("clock", .unknown, "the server does not tell its time")
    }
    let skew = server < before - 1 ? server - before : server > after ? server - after : 0
    guard abs(skew) > tolerance else {
      return Examination.Finding("clock", .ok, "this machine's clock agrees with the server's")
    }
    let amount = Int(abs(skew).rounded())
    return Examination.Finding(
      "clock",
      .warning,
      "this machine's clock is \(amount) s \(skew > 0 ? "behind" : "ahead of") the server's",
      advice:
        "set it, best by NTP: certificates, the expiry of plans and the times in reports go by"
        + " it"
    )
  }

  private static func seconds(_ date: String) -> TimeInterval? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: date)?.timeIntervalSince1970
  }
}
