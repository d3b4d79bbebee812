public import GodwitCore

extension Wording {
  /// Why the origin of a run is not proven, as the rest of a sentence; `nil` if it is proven.
  static func doubt(of origin: PlanOrigin) -> String? {
    switch origin {
    case .proven: nil
    case .unsigned: "not proven here: the plan was made without a key"
    case .otherKey(let id):
      "not proven here: the plan was made with another key (\(SafeText.line(id, limit: 40)))"
    case .noKey(let id):
      "not proven here: the plan was made with a key (\(SafeText.line(id, limit: 40))) that this"
        + " machine does not have"
    }
  }
}

extension RunText {
  /// Why the origin of a run is not proven, in one sentence without its full stop; `nil` if it is, or
  /// nobody asked.
  public static func originDoubt(_ info: RunInfo) -> String? {
    info.origin.flatMap(Wording.doubt(of:)).map { "the origin of this run is \($0)" }
  }
}
