import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// A person says what became of a write of which nothing tells.
@Suite struct ResolveTests {
  @Test(arguments: [("landed", true), ("not-landed", false)])
  func `what a person saw is taken for what happened`(
    seen: String,
    isMade: Bool
  ) async throws {
    try await Atlas.with { place, atlas in
      let pending = try atlas.projects(inRegion: "US").count
      let proxy = try CuttingProxy(to: atlas.simulator.baseURL, lettingWritesThrough: isMade)
      defer { proxy.stop() }
      var place = place
      place.environment["MONGODB_ATLAS_BASE_URL"] = proxy.baseURL
      try await place.planMove()
      proxy.cutAtWrite()
      let apply = try await place.start([
        "apply", "move.godwit", "--yes", "-j", "1", "--settle", "0s", "--max-failures", "1",
      ]).finished()
      expect(apply, endsWith: 6)
      proxy.heal()
      let project = try #require(try await place.document().projects(in: "inDoubt").first)
      let words = ["resolve", "move.godwit", "--project", project.name]

      let other = try await place.start(words + ["--operation", "7", "--as", seen]).finished()
      expectRefusal(other, saying: ["has no operation 7"])
      let nobody = try await place.godwit(
        "resolve",
        "move.godwit",
        "--project",
        "nobody",
        "--operation",
        "1",
        "--as",
        seen
      )
      expectRefusal(nobody, saying: ["\"nobody\"", "in doubt"])
      let wrong = try await place.start(words + ["--operation", "1", "--as", "perhaps"]).finished()
      expectRefusal(wrong, saying: ["perhaps"], status: 64)

      let before = try atlas.requests().count
      let resolve = try await place.start(words + ["--operation", "1", "--as", seen]).finished()
      expect(resolve, endsWith: 0)
      #expect(resolve.text.contains("recorded as \(seen)"))
      #expect(resolve.text.contains("godwit resume move.godwit"))
      #expect(try atlas.requests().count == before, "nothing is asked of Atlas")

      // While the doubt waits its place is free, so that a next project may have met the outage too.
      let goOn = ["resume", "move.godwit", "--yes", "--settle", "0s", "--retry", "failed"]
      let resume = try await place.start(goOn).finished()
      expect(resume, endsWith: 0)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending && Set(writes.map(\.project)).count == pending)
      let again = try await place.start(words + ["--operation", "1", "--as", seen]).finished()
      #expect(again.status == 1, "\(again)")
    }
  }

  private static let post = Scripts.migration(
    may: #"{ request = { "POST /maintenanceWindow/autoDefer" } }"#,
    #"project:request{ method = "POST", path = "/maintenanceWindow/autoDefer" }"#
  )

  @Test func `the way out of doubt is printed, and can be typed as it is printed`() async throws {
    let faults = [try FaultRule(parsing: "500-after,on=writes,times=1")]
    try await Atlas.with(projects: 3, { $0.faults = faults }) { place, atlas in
      try place.write(Self.post, to: "post.lua")
      expect(try await place.godwit("plan", "post.lua", "--out", "post.godwit"), endsWith: 0)
      let words = ["post.godwit", "--yes", "--accept-irreversible", "--settle", "0s", "-j", "1"]
      let apply = try await place.start(["apply"] + words).finished()
      expect(apply, endsWith: 6)
      let project = try #require(
        try await place.document(of: "post.godwit").projects(in: "inDoubt").first
      )
      let printed =
        "godwit resolve post.godwit --project \(project.id) --operation 1 --as 'landed|not-landed'"
      let shown = try await place.godwit("show", "post.godwit", "--project", project.id)
      let report = try await place.godwit("report", "post.godwit")
      let json = ["report", "post.godwit", "-o", "json"]
      #expect(try await place.start(json).finished().text.contains("\"needsPerson\":true"))
      let resume = try await place.start(["resume"] + words).finished()
      expect(resume, endsWith: 6)
      for finished in [apply, shown, report, resume] {
        #expect(finished.text.contains("    \(printed)\n"), "\(finished)")
      }
      #expect(apply.text.contains("\nThen go on with:\n  godwit resume post.godwit\n"))
      #expect(apply.text.contains("with --accept-irreversible, since an operation that is left"))

      let resolve = printed.split(separator: " ").dropFirst().dropLast().map(String.init)
      let pasted = try await place.start(resolve + ["landed|not-landed"]).finished()
      expectRefusal(pasted, saying: ["landed", "not-landed"], status: 64)
      // A slip can be corrected until the run has gone on.
      expect(try await place.start(resolve + ["not-landed"]).finished(), endsWith: 0)
      expect(try await place.start(resolve + ["landed"]).finished(), endsWith: 0)
      let report2 = try await place.godwit("report", "post.godwit")
      #expect(!report2.text.contains("godwit resolve"))
      #expect(report2.text.contains("a person said what became of the write"))
      #expect(try await !place.start(json).finished().text.contains("needsPerson"))
      expect(try await place.godwit("resume", "post.godwit", "--yes"), endsWith: 0)
      #expect(try atlas.writesMade().count == 3)
      let late = try await place.start(resolve + ["not-landed"]).finished()
      expectRefusal(late, saying: ["has anything in doubt"])
    }
  }
}
