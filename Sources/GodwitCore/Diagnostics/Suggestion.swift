/// Finding the word that was probably meant.
public enum Suggestion {
  /// The candidate nearest to `word`, if one is near enough to be a slip of the keyboard.
  public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    let limit = max(2, word.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(Array(word.lowercased()), Array(candidate.lowercased()))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// Whether a word is one slip of the keyboard away from another: a letter more, less, wrong, or two
  /// swapped.
  ///
  /// Words of four letters and less are too often one letter apart and both meant.
  public static func isSlip(_ word: String, of other: String) -> Bool {
    max(word.count, other.count) > 4 && distance(Array(word), Array(other)) == 1
  }

  /// A sentence for a diagnostic: the nearest candidate, else all of them.
  ///
  /// - Parameters:
  ///   - word: what was written.
  ///   - candidates: what is valid; named in full where none is near.
  /// - Returns: for example `did you mean "region"?`.
  public static func advice(for word: String, in candidates: [String]) -> String {
    if let nearest = nearest(to: word, in: candidates) { return "did you mean \"\(nearest)\"?" }
    return "valid: " + candidates.joined(separator: ", ")
  }

  /// Damerau and Levenshtein's distance, neighbours swapped counting as one slip.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
