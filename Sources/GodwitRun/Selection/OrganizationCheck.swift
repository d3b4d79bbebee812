internal import GodwitAtlas
internal import GodwitCore

/// Tells an organization that is empty from one that the credentials cannot see: of both no project
/// is listed, and the second is a slip that would otherwise read as nothing to do.
struct OrganizationCheck {
  /// Lists the organizations that the credentials can see.
  var list: @Sendable () async throws(AtlasError) -> [Organization]

  /// Asks Atlas.
  init(_ reader: AtlasReader) {
    self.init { () throws(AtlasError) in try await reader.organizations() }
  }

  /// Asks a function.
  init(list: @escaping @Sendable () async throws(AtlasError) -> [Organization]) {
    self.list = list
  }

  /// What is wrong with organizations of which no project was listed.
  ///
  /// One more request, and only where there is such an organization.
  ///
  /// - Parameters:
  ///   - wanted: their ids, as they were given.
  ///   - isComplete: whether all projects were listed, so that they can stand in for a list of
  ///     organizations which the credentials may not have.
  /// - Returns: `nil` if all of them can be seen, or if that cannot be told.
  /// - Throws: what went wrong with the request, a refusal aside.
  func complaint(
    about wanted: [String],
    isComplete: Bool
  ) async throws(AtlasError) -> Diagnostic? {
    guard let first = wanted.first else { return nil }
    let visible: [Organization]
    do throws(AtlasError) { visible = try await list() } catch {
      guard error.status == 403, !error.isAccessListRefusal else { throw error }
      guard isComplete else { return nil }
      return Diagnostic(
        "none of the visible projects is in organization \"\(first)\"",
        advice: "check the id; the credentials may not list organizations"
      )
    }
    let ids = Set(visible.map(\.id.text))
    guard let unknown = wanted.first(where: { !ids.contains($0) }) else { return nil }
    return Diagnostic(
      "the credentials can see no organization \"\(unknown)\"",
      advice: Self.advice(for: unknown, in: visible)
    )
  }

  private static let shown = 10

  private static func advice(for id: String, in visible: [Organization]) -> String {
    let named = visible.filter { $0.name == id }
    if named.count == 1, let organization = named.first {
      return "that is its name: give its id, \(organization.id)"
    }
    guard !visible.isEmpty else { return "they can see no organization at all" }
    let names = visible.sorted { $0.name < $1.name }.prefix(shown).map { "\($0.id) (\($0.name))" }
    let more = visible.count > shown ? " and \(visible.count - shown) more" : ""
    return "visible: \(names.joined(separator: ", "))\(more)"
  }
}

extension ProjectSelector {
  /// Checks the organizations that were given, once the projects were listed.
  ///
  /// - Throws: ``RunError`` for one that the credentials cannot see.
  func checkOrganizations(_ reader: AtlasReader) async throws(RunError) {
    let complaint: Diagnostic?
    do throws(AtlasError) {
      complaint = try await OrganizationCheck(reader)
        .complaint(about: unseenOrganizations, isComplete: !hasEnough)
    } catch {
      throw RunError(error)
    }
    if let complaint { throw RunError(complaint) }
  }
}
