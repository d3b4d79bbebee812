/// A JSON object whose keys are always in the order of their UTF-8 bytes.
///
/// One order everywhere makes encodings, hashes and printed plans repeatable. Objects of Atlas are
/// small, so a sorted array beats a hash table in memory and in speed.
public struct JSONObject: Sendable, Hashable {
  /// One key with its value.
  public typealias Element = (key: String, value: JSONValue)

  private var members: [Member] = []

  private struct Member: Sendable, Hashable {
    var key: String
    var value: JSONValue
  }

  /// Makes an empty object.
  public init() {}

  /// Makes an object from members in any order; of a repeated key the last one counts.
  public init(_ elements: some Sequence<Element>) {
    members = elements.map { Member(key: $0.key, value: $0.value) }
    sortMembers()
  }

  private mutating func sortMembers() {
    var isSorted = true
    for index in members.indices.dropFirst()
    where !members[index - 1].key.bytesPrecede(members[index].key) {
      isSorted = false
      break
    }
    if isSorted { return }
    let sorted = members.enumerated().sorted { left, right in
      if left.element.key.bytesPrecede(right.element.key) { return true }
      if right.element.key.bytesPrecede(left.element.key) { return false }
      return left.offset < right.offset
    }
    members = []
    for (_, member) in sorted {
      if let last = members.last, last.key.utf8.elementsEqual(member.key.utf8) {
        members.removeLast()
      }
      members.append(member)
    }
  }

  /// The keys, in order.
  public var keys: [String] {
    members.map(\.key)
  }

  /// The position of `key`, or the position at which it would be put in.
  private func position(of key: String) -> (index: Int, isPresent: Bool) {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle].key.bytesPrecede(key) { low = middle + 1 } else { high = middle }
    }
    return (low, low < members.count && members[low].key.utf8.elementsEqual(key.utf8))
  }

  /// The value of a key; setting `nil` removes the key.
  public subscript(key: String) -> JSONValue? {
    get {
      let (index, isPresent) = position(of: key)
      return isPresent ? members[index].value : nil
    }
    set {
      let (index, isPresent) = position(of: key)
      switch (newValue, isPresent) {
      case (let value?, true): members[index].value = value
      case (let value?, false): members.insert(Member(key: key, value: value), at: index)
      case (nil, true): members.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// This object with the members of `other` laid over it, key by key.
  public func merging(_ other: JSONObject) -> JSONObject {
    var result = self
    for (key, value) in other { result[key] = value }
    return result
  }

  /// This object without the members for which `isExcluded` is true.
  public func removing(where isExcluded: (String, JSONValue) -> Bool) -> JSONObject {
    var result = self
    result.members.removeAll { isExcluded($0.key, $0.value) }
    return result
  }

  /// This object with every value replaced by `transform`'s.
  public func mapValues<Failure: Error>(
    _ transform: (String, JSONValue) throws(Failure) -> JSONValue
  ) throws(Failure) -> JSONObject {
    var result = self
    for index in result.members.indices {
      result.members[index].value = try transform(
        result.members[index].key,
        result.members[index].value
      )
    }
    return result
  }
}

extension JSONObject: RandomAccessCollection {
  /// The position before which a member stands.
  public var startIndex: Int { members.startIndex }

  /// The position after the last member.
  public var endIndex: Int { members.endIndex }

  /// The member at a position.
  public subscript(position: Int) -> Element {
    (members[position].key, members[position].value)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Makes an object from a literal.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements.map { (key: $0.0, value: $0.1) })
  }
}

extension String {
  /// Whether the UTF-8 bytes of this string come before those of `other`.
  ///
  /// `String`'s own `<` compares canonical forms, in which two different keys can be one.
  public func bytesPrecede(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
