public import GodwitCore

/// Projects whose plans have the same shape.
public struct ChangeGroup: Sendable {
  /// One operation of the group, with what differs from project to project.
  struct Member: Sendable {
    var example: Operation
    /// The secrets that going back needs in that project.
    var restoring: [String]
    var befores: [Variants]
    var afters: [Variants]

    init(_ operation: Operation, _ none: [Variants]) {
      example = operation.example
      restoring = operation.secretsToRestore
      befores = none
      afters = none
    }
  }

  /// The shape that all share.
  public let shape: ProjectShape
  /// In which buckets the projects are now.
  public private(set) var outcomes: [ProjectOutcome: Int] = [:]
  /// In how many projects nothing had to be sent, because they were at the image after already.
  public private(set) var alreadySo = 0
  /// In how many projects an operation was sent a second time.
  public private(set) var repeated = 0
  private(set) var names = NameTally()
  private(set) var members: [Member] = []

  init(shape: ProjectShape) {
    self.shape = shape
  }

  /// How many projects there are in it.
  public var count: Int { names.count }

  /// The operations of one of the projects, without images and bodies.
  public var operations: [Operation] { members.map(\.example) }

  mutating func add(_ record: ProjectRecord) {
    outcomes[record.outcome, default: 0] += 1
    if !record.operations.isEmpty, record.operations.allSatisfy({ $0.status == .alreadySo }) {
      alreadySo += 1
    }
    if record.operations.contains(where: \.wasRepeated) { repeated += 1 }
    let isExample = names.add(record.project)
    for (index, operation) in record.plan.operations.enumerated() {
      if index == members.count {
        let none = Array(repeating: Variants(), count: operation.changes.count)
        members.append(Member(operation, none))
      } else if isExample {
        members[index].example = operation.example
        members[index].restoring = operation.secretsToRestore
      }
      for (place, change) in operation.changes.enumerated() {
        if let before = change.before, before.holdsMask {
          members[index].befores[place].add(before)
        }
        if let after = change.after, after.holdsMask { members[index].afters[place].add(after) }
      }
    }
  }
}

extension Operation {
  /// What a group keeps of one of its operations: the changes, and of the body the secrets.
  var example: Operation {
    var example = self
    example.before = nil
    example.after = nil
    example.body = body.map { body in
      body.removing { _, value in
        if case .secret = value { false } else { true }
      }
    }
    return example
  }
}
