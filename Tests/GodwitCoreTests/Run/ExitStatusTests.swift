import GodwitCore
import Testing

@Suite struct ExitStatusTests {
  private static let order: [GodwitCore.ExitStatus] = [
    .defect, .hungUp, .interrupted, .terminated, .inDoubt, .stoppedEarly, .projectsFailed, .held,
    .tasksPending, .changesPending,
  ]

  @Test func `the documented order decides between two`() {
    for (place, worse) in Self.order.enumerated() {
      for other in Self.order[place...] + [.success] {
        #expect(GodwitCore.ExitStatus.worst([worse, other]) == worse)
      }
    }
  }

  @Test func `any status is worse than success, and none is success`() {
    for status in GodwitCore.ExitStatus.allCases {
      #expect(GodwitCore.ExitStatus.worst([status, .success]) == status)
    }
    #expect(GodwitCore.ExitStatus.worst([]) == .success)
  }

  @Test func `the codes are those of the manual`() {
    let codes = GodwitCore.ExitStatus.allCases.map(\.rawValue)
    #expect(codes == [0, 1, 2, 3, 4, 5, 6, 7, 64, 70, 129, 130, 143])
  }
}
