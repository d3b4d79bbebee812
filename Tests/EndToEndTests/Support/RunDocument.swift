import Foundation
import Testing

/// What `-o json` prints of a run, by the shape that is promised; decoding checks the shape.
struct RunDocument: Decodable, Sendable {
  struct Script: Decodable, Sendable {
    var path: String
    var sha256: String
  }

  struct Target: Decodable, Sendable {
    struct Credential: Decodable, Sendable {
      var kind: String
      var tail: String
    }

    struct Organization: Decodable, Sendable {
      var id: String
      var name: String
      var projects: Int
    }

    var baseURL: String
    var api: String
    var credential: Credential
    var organisations: [Organization]
  }

  struct Totals: Decodable, Sendable, Equatable {
    var selected = 0
    var changed = 0
    var unchanged = 0
    var skipped = 0
    var held = 0
    var manual = 0
    var failed = 0
    var notFound = 0
    var inDoubt = 0
    var notStarted = 0

    /// What the buckets add up to.
    var sum: Int {
      changed + unchanged + skipped + held + manual + failed + notFound + inDoubt + notStarted
    }
  }

  struct Place: Decodable, Sendable {
    var file: String
    var line: Int
  }

  struct Change: Decodable, Sendable {
    var field: String
  }

  struct Operation: Decodable, Sendable {
    var verb: String
    var type: String
    var grade: String
    var status: String
    var changes: [Change]
    var at: Place?
  }

  struct Task: Decodable, Sendable {
    var title: String
  }

  struct Project: Decodable, Sendable {
    var id: String
    var name: String
    var orgId: String
    var outcome: String
    var reason: String?
    var at: Place?
    var operations: [Operation]
    var tasks: [Task]
  }

  var formatVersion: Int
  var phase: String
  var run: String
  var tool: String
  var script: Script
  var target: Target
  var totals: Totals
  var projects: [Project]

  /// The projects in a bucket.
  func projects(in outcome: String) -> [Project] { projects.filter { $0.outcome == outcome } }
}

extension Finished {
  /// What was printed, as a run; its totals have to balance.
  func document(sourceLocation: SourceLocation = #_sourceLocation) throws -> RunDocument {
    let document: RunDocument
    do { document = try JSONDecoder().decode(RunDocument.self, from: Data(output)) } catch {
      Issue.record("\(error)\n\(self)", sourceLocation: sourceLocation)
      throw error
    }
    #expect(document.formatVersion == 1, sourceLocation: sourceLocation)
    #expect(
      document.totals.sum == document.totals.selected,
      "\(document.totals)",
      sourceLocation: sourceLocation
    )
    return document
  }
}

extension Workplace {
  /// The run in a file, as `show -o json` tells it.
  func document(
    of run: String = "move.godwit",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> RunDocument {
    let show = try await godwit("show", run, "-o", "json")
    expect(show, endsWith: 0, sourceLocation: sourceLocation)
    return try show.document(sourceLocation: sourceLocation)
  }
}

extension RunDocument {
  /// How many operations it has in all.
  var operationCount: Int { projects.reduce(0) { $0 + $1.operations.count } }
}
