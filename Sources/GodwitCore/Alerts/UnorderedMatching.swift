/// Pairs the elements of two lists whose order does not count.
enum UnorderedMatching {
  /// For each element of the left list the index of its partner in the right one; `nil` without one.
  ///
  /// As many elements as possible get a partner (Kuhn's augmenting paths): taking the first that
  /// fits would not do, since a mask that shows little fits several that show more.
  static func partners<Element>(
    of left: [Element],
    in right: [Element],
    isSame: (Element, Element) -> Bool
  ) -> [Int?] {
    let fits = left.map { element in right.indices.filter { isSame(element, right[$0]) } }
    var owners = [Int?](repeating: nil, count: right.count)
    func place(_ index: Int, _ visited: inout Set<Int>) -> Bool {
      for candidate in fits[index] where visited.insert(candidate).inserted {
        if let owner = owners[candidate], !place(owner, &visited) { continue }
        owners[candidate] = index
        return true
      }
      return false
    }
    for index in left.indices {
      var visited: Set<Int> = []
      _ = place(index, &visited)
    }
    var partners = [Int?](repeating: nil, count: left.count)
    for (candidate, owner) in owners.enumerated() {
      if let owner { partners[owner] = candidate }
    }
    return partners
  }
}
