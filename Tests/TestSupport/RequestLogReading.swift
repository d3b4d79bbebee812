public import Foundation
internal import GodwitCore

/// One line of the simulator's request log.
public struct LoggedRequest: Sendable, Hashable {
  /// The HTTP method.
  public var method: String
  /// The path.
  public var path: String
  /// The status that was answered; `nil` if the connection was closed instead.
  public var status: Int?
  /// Whether the request proved its right.
  public var isAuthenticated: Bool
  /// The id of the project that the path names.
  public var project: String?
  /// The integration type that the path names.
  public var type: String?
  /// Whether the world was changed; `nil` for a GET.
  public var mutationWasMade: Bool?
  /// The fault that it met, by the simulator's name.
  public var fault: String?
  /// Whether the text of a mask was stored.
  public var storesMask: Bool
  /// When it arrived, and when it was answered.
  public var time: ClosedRange<Date>

  /// Reads a line.
  public init?(line: some StringProtocol) {
    guard let object = (try? JSONValue(parsing: Array(line.utf8)))?.objectValue,
      let method = object["method"]?.stringValue, let path = object["path"]?.stringValue
    else { return nil }
    self.method = method
    self.path = path
    status = object["status"]?.int64Value.map(Int.init)
    isAuthenticated = object["authentication"]?.stringValue != "none"
    project = object["project"]?.stringValue
    type = object["type"]?.stringValue
    mutationWasMade = object["mutation"]?.stringValue.map { $0 == "made" }
    fault = object["fault"]?.stringValue
    storesMask = object["maskStored"]?.boolValue ?? false
    let text = object["time"]?.stringValue ?? ""
    let end = (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)) ?? Date()
    let seconds = Double(object["microseconds"]?.int64Value ?? 0) / 1e6
    time = end.addingTimeInterval(-seconds)...end
  }

  /// Reads a whole log; a file that is not there has no lines.
  public static func read(_ path: String) -> [LoggedRequest] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { LoggedRequest(line: $0) }
  }
}

extension Sequence<LoggedRequest> {
  /// How often each write was made: method, project and type to a count.
  public var madeWrites: [String: Int] {
    var counts: [String: Int] = [:]
    for request in self where request.mutationWasMade == true {
      counts["\(request.method) \(request.path)", default: 0] += 1
    }
    return counts
  }

  /// How many requests were on their way at once at most, of those that took long: lines are written a
  /// little after the answer, so a fifth of a second together does not count.
  public var mostAtOnce: Int {
    let spans = map {
      ($0.time.lowerBound.addingTimeInterval(0.1), $0.time.upperBound.addingTimeInterval(-0.1))
    }.filter { $0.0 < $0.1 }
    return spans.map { span in spans.count { $0.0 <= span.0 && span.0 <= $0.1 } }.max() ?? 0
  }

  /// The writes, made or not.
  public var writes: [LoggedRequest] { filter { $0.method != "GET" } }
}
