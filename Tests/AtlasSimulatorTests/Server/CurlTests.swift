import AtlasSimulator
import Foundation
import GodwitCore
import Testing

private let isCurlInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/curl")

/// Lists, creates, updates and deletes as Atlas' documentation shows it, with curl's own digest.
@Suite(.enabled(if: isCurlInstalled, "curl is not installed")) struct CurlTests {
  private func curl(
    _ client: TestClient,
    _ method: String,
    _ path: String,
    data: String? = nil,
    accept: String = "application/vnd.atlas.2025-03-12+json"
  ) throws -> (status: String, body: JSONValue) {
    let credentials = client.simulator.credentials
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments = [
      "--silent", "--user", "\(credentials.publicKey):\(credentials.privateKey)", "--digest",
      "--header", "Accept: \(accept)", "--header", "Content-Type: application/json",
      "--request", method, "--write-out", "\n%{http_code}",
      "\(client.apiRoot)\(path)",
    ]
    if let data { process.arguments?.append(contentsOf: ["--data", data]) }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let body = lines.dropLast().joined(separator: "\n")
    return (String(lines.last ?? ""), (try? JSONValue(parsing: Array(body.utf8))) ?? .null)
  }

  @Test func `curl lists, creates, updates and deletes`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let root = "/groups/\(project)/integrations"

      let projects = try curl(client, "GET", "/groups?includeCount=true&pageNum=1&itemsPerPage=5")
      #expect(projects.status == "200")
      #expect(projects.body["results"]?.arrayValue?.count == 5)

      let body = #"{"type":"DATADOG","apiKey":"\#(Sample.hex32)","region":"US"}"#
      let created = try curl(client, "POST", "\(root)/DATADOG", data: body)
      #expect(created.status == "200")
      #expect(created.body["totalCount"] == 1)

      let moved = body.replacingOccurrences(of: "\"US\"", with: "\"EU\"")
      let updated = try curl(client, "PUT", "\(root)/DATADOG?pretty=true", data: moved)
      #expect(updated.status == "200")
      #expect(updated.body["results"]?.arrayValue?.first?["region"] == "EU")

      let listed = try curl(client, "GET", root)
      #expect(listed.body["results"]?.arrayValue?.first?["region"] == "EU")

      #expect(try curl(client, "DELETE", "\(root)/DATADOG").status == "204")
      let gone = try curl(client, "GET", "\(root)/DATADOG")
      #expect(gone.status == "404")
      #expect(gone.body["errorCode"] == "INTEGRATION_NOT_CONFIGURED")

      let unversioned = try curl(client, "GET", root, accept: "application/json")
      #expect(unversioned.status == "406")
    }
  }
}
