import GodwitCore
import GodwitScript
import Synchronization

/// An Atlas in memory that counts what is read of it.
final class Memory: Sendable {
  private let integrations: [Integration]
  private let alerts: [AlertConfiguration]
  private let legacy: [AlertConfiguration]
  private let answers: [String: JSONValue]
  private let log = Mutex<[String]>([])

  init(
    _ integrations: [JSONObject] = [],
    alerts: [JSONObject] = [],
    legacy: [JSONObject] = [],
    answers: [String: JSONValue] = [:]
  ) {
    self.integrations = integrations.compactMap { Integration($0) }
    self.alerts = alerts.compactMap { AlertConfiguration($0) }
    self.legacy = legacy.compactMap { AlertConfiguration($0) }
    self.answers = answers
  }

  /// What was read, in order.
  var read: [String] { log.withLock { $0 } }

  private func note(_ what: String) {
    log.withLock { $0.append(what) }
  }

  var reads: ScriptReads {
    ScriptReads(
      integrations: { [self] _ in
        note("integrations")
        return .success(integrations.filter { $0.type != "FLOWDOCK" })
      },
      integration: { [self] _, type in
        note("\(type)")
        return .success(integrations.first { $0.type == type })
      },
      alerts: { [self] _, isLegacy in
        note(isLegacy ? "older alerts" : "alerts")
        return .success(isLegacy ? legacy : alerts)
      },
      alert: { [self] _, id in
        note("alert \(id)")
        return .success(alerts.first { $0.id == id })
      },
      get: { [self] _, path, query in
        note(query.isEmpty ? path : "\(path) \(query)")
        guard let answer = answers[path] else {
          return .failure(
            ScriptReadError(status: 404, method: "GET", path: path, line: "GET \(path): 404")
          )
        }
        return .success(answer)
      }
    )
  }
}

extension ScriptReads {
  /// Integrations only, by a function that is given the type that is wanted.
  static func integrations(
    _ read: @escaping @Sendable (ProjectID, IntegrationType?) async -> Answer<[Integration]>
  ) -> ScriptReads {
    var reads = Memory().reads
    reads.integrations = { await read($0, nil) }
    reads.integration = { project, type in
      await read(project, type).map { all in all.first { $0.type == type } }
    }
    return reads
  }
}
