internal import GRDB
internal import GodwitCore

/// What a run file holds to prove who planned it: the id of a key, and the code of the plan under it.
enum PlanProof {
  private static let keyName = "planKeyID"
  private static let codeName = "planCode"

  /// Marks a plan whose hash is in the file.
  static func write(_ database: Database, _ key: PlanKey, hash: String) throws {
    try RunFile.setMeta(database, keyName, key.id)
    try RunFile.setMeta(database, codeName, key.code(ofPlanHash: hash))
  }

  /// Judges where a plan comes from; its hash has been compared with the plan.
  ///
  /// - Throws: ``RunFileError`` of kind `damaged` if the plan has a code under this key, and it is the
  ///   code of another plan.
  static func judge(
    _ database: Database,
    _ key: PlanKey?,
    hash: String,
    path: String
  ) throws -> PlanOrigin {
    guard let id = try RunFile.meta(database, keyName, as: String.self) else { return .unsigned }
    guard let key else { return .noKey(id: id) }
    guard key.id == id else { return .otherKey(id: id) }
    let code = try RunFile.meta(database, codeName, as: String.self)
    guard key.accepts(code ?? "", ofPlanHash: hash) else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "the plan is not the one that was made with this machine's key",
        advice: "the file was changed and its hash computed anew; plan again"
      )
    }
    return .proven
  }
}
