import GodwitCore
import HTTPTypes
import NIOCore

extension RequestPipeline {
  /// The answer of a fault that keeps a request from doing anything; `nil` if it does not.
  ///
  /// - Returns: the answer, in which `nil` stands for a closed connection.
  func refusal(
    _ hit: FaultSchedule.Hit,
    of call: APIRequest,
    authorization: String?,
    form: AnswerForm,
    entry: inout RequestLogEntry
  ) -> Answer?? {
    switch hit.fault {
    case .errorBefore: return Answer(.unexpected, form: form)
    case .unavailable: return Answer(.unavailable(retryAfter: hit.retryAfter), form: form)
    case .unavailablePlain: return Answer(.unavailable(retryAfter: nil), form: form)
    case .maintenance: return Answer(.maintenance, form: form)
    case .rateLimited:
      return Answer(.rateLimited(path: call.path, retryAfter: hit.retryAfter), form: form)
    case .closedBefore: return .some(nil)
    case .staleNonce:
      entry.challenge = .stale
      return Answer(challenge: authenticator.challenge(stale: true))
    case .tokenRevoked:
      authenticator.forgetToken(of: authorization)
      return Answer(.tokenRefused, form: .plain)
    case .accessList: return Answer(.notOnAccessList, form: form)
    case .errorAfter, .closedAfter, .truncated, .notJSON, .empty, .slow, .lateBefore, .lateAfter,
      .person, .notKept:
      return nil
    }
  }

  /// What is answered though the request did its work; `nil` for a closed connection.
  func garbled(_ answer: Answer, by fault: Fault?, form: AnswerForm) -> Answer? {
    var answer = answer
    switch fault {
    case .errorAfter: return Answer(.unexpected, form: form)
    case .closedAfter: return nil
    case .truncated:
      // Of nothing there is no half: the connection just ends.
      guard answer.body.readableBytes > 1 else { return nil }
      answer.delivery = .truncated
    case .notJSON:
      answer.status = 200
      answer.fields[.contentType] = "text/html"
      answer.body = ByteBuffer(string: Answer.proxyPage)
    case .empty:
      answer.status = 200
      answer.body = ByteBuffer()
    case .slow: answer.delivery = .byteByByte
    default: break
    }
    return answer
  }

  /// Edits one integration of a project, as a person might just then.
  ///
  /// The first integration with a field that Atlas shows whole is taken; a text gets a mark at its
  /// end, a switch is turned.
  func editByPerson(project: String?) {
    guard let project else { return }
    let world = SimulatorWorld(store: api.store)
    let edits: [(type: String, field: String)] = [
      ("DATADOG", "sendDatabaseMetrics"), ("PROMETHEUS", "enabled"),
      ("VICTOR_OPS", "routingKey"), ("SLACK", "channelName"),
    ]
    for edit in edits {
      guard var fields = try? world.integration(of: project, type: edit.type) else { continue }
      switch fields[edit.field] {
      case .bool(let isOn)?: fields[edit.field] = .bool(!isOn)
      case .string(let text)?: fields[edit.field] = .string(text + "-edited")
      default: continue
      }
      _ = try? world.replace(fields, type: edit.type, in: project)
      return
    }
  }
}
