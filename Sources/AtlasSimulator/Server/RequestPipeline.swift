import HTTPTypes
import HummingbirdCore
import NIOCore

/// What happens to one request, from its head to its answer.
///
/// Authentication, body, half of the latency, effect, log, the other half, answer. The line in the
/// log is written as soon as the effect is made, so that it is there whenever a caller knows of the
/// effect, even if the process is killed right after.
struct RequestPipeline: Sendable {
  /// Larger bodies are refused.
  static let bodyLimit = 1 << 20

  let api: AtlasAPI
  let authenticator: Authenticator
  let tokenEndpoint: TokenEndpoint
  let faults: FaultSchedule
  let log: RequestLog?
  let latency: TimeAmount
  let dates = DateHeader()

  @concurrent func respond(
    to request: Request,
    with writer: consuming ResponseWriter,
    on channel: any Channel
  ) async throws {
    var call = APIRequest(request.head)
    let answer =
      call.path.hasPrefix(TokenEndpoint.prefix)
      ? try await tokenAnswer(to: request, &call, on: channel)
      : try await answer(to: request, &call, on: channel)
    guard let answer else {
      try await channel.close()
      throw ConnectionClosedByFault()
    }
    // The answer to HEAD has the headers of a body and no body.
    let body = answer.content(isHead: call.method == "HEAD", on: channel)
    try await writer.write(response: answer.head(date: dates.text()), body: body)
  }

  /// Answers a request for the API; `nil` if a fault closes the connection instead.
  private func answer(
    to request: Request,
    _ call: inout APIRequest,
    on channel: any Channel
  ) async throws -> Answer? {
    let arrival = NIODeadline.now()
    var entry = RequestLogEntry(method: call.method, path: call.path, query: call.query.text)
    let credentials = authenticator.verify(
      authorization: request.headers[.authorization],
      method: call.method,
      target: call.target
    )
    switch credentials {
    case .challenged(let reason):
      entry.challenge = reason
      let refusal = Answer(challenge: authenticator.challenge(stale: reason == .stale))
      record(refusal, in: &entry, since: arrival)
      return refusal
    case .tokenRefused:
      let refusal = Answer(.tokenRefused, form: .plain)
      record(refusal, in: &entry, since: arrival)
      return refusal
    case .accepted(let caller):
      entry.authentication = caller.kind.rawValue
      let isWhole = try await collectBody(of: request, into: &call)
      let route = Route(path: call.path)
      entry.project = route?.resource.project
      entry.type = route?.resource.integrationType
      let hit = isWhole ? hit(call, caller, entry.project) : nil
      entry.fault = hit?.fault
      let early = hit?.fault == .lateBefore ? TimeAmount(hit?.delay ?? .zero) : .zero
      await wait(until: arrival + early + .nanoseconds(latency.nanoseconds / 2), on: channel)
      let answer =
        isWhole
        ? effect(of: call, from: caller, hit, request, entry: &entry, channel: channel)
        : Answer(.bodyTooLarge(Self.bodyLimit), form: .plain)
      record(answer, in: &entry, since: arrival)
      let late = hit?.fault == .lateAfter ? TimeAmount(hit?.delay ?? .zero) : .zero
      await wait(until: arrival + early + latency + late, on: channel)
      return answer
    }
  }

  /// Answers a request for the token endpoint, which meets no faults.
  private func tokenAnswer(
    to request: Request,
    _ call: inout APIRequest,
    on channel: any Channel
  ) async throws -> Answer? {
    let arrival = NIODeadline.now()
    let isWhole = try await collectBody(of: request, into: &call)
    await wait(until: arrival + .nanoseconds(latency.nanoseconds / 2), on: channel)
    let authorization = request.headers[.authorization]
    let answer =
      isWhole
      ? tokenEndpoint.respond(to: call, authorization: authorization)
      : Answer(.bodyTooLarge(Self.bodyLimit), form: .plain)
    var entry = RequestLogEntry(method: call.method, path: call.path, query: call.query.text)
    if answer.status == 200 { entry.authentication = "basic" }
    record(answer, in: &entry, since: arrival)
    await wait(until: arrival + latency, on: channel)
    return answer
  }

  /// Reads the body; `false` if it is larger than the limit.
  private func collectBody(of request: Request, into call: inout APIRequest) async throws -> Bool {
    guard call.method != "GET" else { return true }
    do {
      call.body = Array(buffer: try await request.body.collect(upTo: Self.bodyLimit))
      return true
    } catch is NIOTooManyBytesError {
      return false
    }
  }

  /// Carries out the request, or the fault that it meets; `nil` if nothing is to be answered.
  private func effect(
    of call: APIRequest,
    from caller: Caller,
    _ hit: FaultSchedule.Hit?,
    _ request: Request,
    entry: inout RequestLogEntry,
    channel: any Channel
  ) -> Answer? {
    if !call.isRead { entry.mutationWasMade = false }
    let form: AnswerForm
    do { form = try AnswerForm(call.query) } catch { return Answer(error, form: .plain) }

    if let hit {
      let authorization = request.headers[.authorization]
      let refusal = refusal(hit, of: call, authorization: authorization, form: form, entry: &entry)
      if let refusal { return refusal }
      if hit.fault == .person { editByPerson(project: entry.project) }
    }
    let answer: Answer
    let origin = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    do {
      let call = hit?.fault == .notKept ? call.readingWhatItWrites : call
      let outcome = try api.perform(call, caller: caller, origin: origin)
      if outcome.mutationWasMade { entry.mutationWasMade = true }
      entry.storesMask = outcome.storesMask
      answer = Answer(
        outcome,
        form: form,
        route: Route(path: call.path),
        address: origin + call.path
      )
    } catch {
      answer = Answer(error, form: form)
    }
    return garbled(answer, by: hit?.fault, form: form)
  }

  /// What the next request meets, if anything.
  private func hit(
    _ call: APIRequest,
    _ caller: Caller,
    _ project: String?
  ) -> FaultSchedule.Hit? {
    faults.next(
      FaultSchedule.Request(
        method: call.method,
        target: call.target,
        project: project,
        caller: caller
      )
    )
  }

  private func record(
    _ answer: Answer?,
    in entry: inout RequestLogEntry,
    since arrival: NIODeadline
  ) {
    guard let log else { return }
    entry.status = answer?.status
    entry.errorCode = answer?.errorCode
    entry.microseconds = (NIODeadline.now() - arrival).nanoseconds / 1000
    log.append(entry)
  }

  /// Waits on the event loop's own timers, until a point in time that does not move with the load.
  private func wait(until deadline: NIODeadline, on channel: any Channel) async {
    guard deadline > .now() else { return }
    await withCheckedContinuation { continuation in
      _ = channel.eventLoop.scheduleTask(deadline: deadline) { continuation.resume() }
    }
  }
}

/// Ends the handling of a connection that a fault has closed.
struct ConnectionClosedByFault: Error {}
