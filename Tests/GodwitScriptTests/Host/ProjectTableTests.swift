import GodwitCore
import GodwitScript
import Testing

@Suite struct ProjectTableTests {
  static let claims = [
    "project.id == '65f000000000000000000001'", "project.name == 'prod-eu'",
    "project.orgId == '65f0000000000000000000aa'", "project.created == '2024-01-01T00:00:00Z'",
    "project.clusterCount == 3 and math.type(project.clusterCount) == 'integer'",
    "project.tags.env == 'prod' and project.tags.none == nil", "project.vars.channel == '#ops'",
    "(function() local s = '' for k, v in pairs(project.tags) do s = s .. k .. v end return s end)()"
      + " == 'envprodteamdata'",
    "next(project.tags) == 'env' and next(project.tags, 'env') == 'team'",
    "next(project.tags, 'team') == nil and next({}) == nil and next({ 5 }) == 1",
    "json.encode(project.tags) == '{\"env\":\"prod\",\"team\":\"data\"}'",
    "json.encode({ a = { project.vars } }) == '{\"a\":[{\"channel\":\"#ops\"}]}'",
    "json.decode(json.encode(project)).tags.team == 'data'", "getmetatable(project) == false",
    "select(2, pcall(function() project.name = 'x' end)):find('project is read%-only: name cannot')",
    "select(2, pcall(function() project.tags.env = 1 end)):find('project.tags is read%-only')",
    "select(2, pcall(function() project.vars.x = 1 end)):find('project.vars is read%-only')",
    "select(2, pcall(function() project.integrations.get = 1 end)):find('is read%-only')",
    "not pcall(setmetatable, project, {})", "project.name == 'prod-eu'",
    "select(2, pcall(project.integrations.get, 'DATADOG')):find("
      + "'write project.integrations:get with a colon', 1, true)",
    "select(2, pcall(function() return project.integrations.list() end)):find('with a colon')",
    "type(project.integrations) == 'table' and project.unknown == nil",
  ]

  @Test(arguments: claims) func `a script sees its project`(claim: String) async throws {
    #expect(try await Bench.printed("print((\(claim)) and 'yes' or 'no')") == ["yes"])
  }

  @Test func `writing to a project fails it with the line`() async throws {
    let plan = try await Bench.plan("\nproject.tags.env = 'dev'")
    #expect(plan.outcome == .failed)
    #expect(plan.reason == "project.tags is read-only: env cannot be set")
    #expect(plan.position?.line == 3)
  }
}
