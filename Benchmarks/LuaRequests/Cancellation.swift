import LuaVM

/// Cancels sessions in every state that they can be in, and takes the time until they end.
struct Cancellation {
  let pool = LuaThreadPool(width: 2)
  let limits: LuaLimits
  let prelude: LuaProgram

  /// Scripts that do not end, and wait at different places.
  static let scripts = [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "while true do coroutine.wrap(function() end)() end",
    "('a'):rep(50000):find('.-.-.-.-b')",
    "local t = {} for i = 1, 100000 do t[i] = 'k' .. i end while true do table.sort(t) end",
    "local s = ('x'):rep(1 << 20) while true do s:find('y', 1, true) end",
  ]

  private func actor() -> LuaActor { LuaActor(pool: pool, limits: limits, prelude: prelude) }

  /// The longest time from a cancellation to the end of a script that spins.
  /// - Parameter rounds: How often each script is cancelled.
  /// - Returns: Milliseconds.
  /// - Throws: ``Surprise`` if one ends in another way.
  func longestSpin(rounds: Int) async throws -> Double {
    var longest = Duration.zero
    for source in Self.scripts {
      let program = try LuaProgram.compile(source: Array(source.utf8), name: "spin.lua")
      for _ in 0..<rounds {
        let actor = actor()
        let ending = Task {
          let turn = await actor.start(entry: "run", program: program)
          return (ContinuousClock.now, turn)
        }
        try await Task.sleep(for: .milliseconds(20))
        let start = ContinuousClock.now
        actor.cancel()
        let (end, turn) = await ending.value
        guard case .failed(let error) = turn.step, error.kind == .cancelled else {
          throw Surprise(step: turn.step)
        }
        longest = max(longest, start.duration(to: end))
      }
    }
    return Double(longest.components.attoseconds) / 1e15
      + Double(longest.components.seconds) * 1000
  }

  /// Cancels a script of twenty requests before, at and between each of them, from another thread.
  /// - Parameter rounds: How often each is done.
  /// - Throws: ``Surprise`` if one ends in another way.
  func everyAwait(rounds: Int) async throws {
    let source = "for i = 1, 20 do ask_directly('get', i) for j = 1, 500 do end end"
    let program = try LuaProgram.compile(source: Array(source.utf8), name: "await.lua")
    for _ in 0..<rounds {
      for wanted in 0...21 {
        let actor = actor()
        var turn = await actor.start(entry: "run", program: program)
        var count = 0
        while case .request(let request) = turn.step {
          count += 1
          if count == wanted { Task.detached { actor.cancel() } }
          turn = await actor.resume(.value(request.arguments[0]))
        }
        switch turn.step {
        case .finished: continue
        case .failed(let error) where error.kind == .cancelled: continue
        default: throw Surprise(step: turn.step)
        }
      }
    }
  }

  /// A session ended in a way that it should not.
  struct Surprise: Error {
    let step: LuaStep
  }
}
