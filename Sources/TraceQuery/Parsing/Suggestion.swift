/// Finds the name that was probably meant.
enum Suggestion {
  /// The candidate closest to `text`, if it is close; of equally close ones the first.
  ///
  /// - Complexity: O(candidates × lengths).
  static func closest(to text: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(text.lowercased().unicodeScalars.prefix(64))
    let limit = max(1, wanted.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates {
      let scalars = Array(candidate.lowercased().unicodeScalars.prefix(64))
      guard abs(scalars.count - wanted.count) <= limit else { continue }
      let distance = self.distance(wanted, scalars)
      if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.name ?? sharingPrefix(wanted, candidates)
  }

  /// The first candidate that begins as the text does, for other forms of a word: denied, deny.
  private static func sharingPrefix(
    _ wanted: [Unicode.Scalar], _ candidates: some Sequence<String>
  ) -> String? {
    candidates.first { candidate in
      let scalars = Array(candidate.lowercased().unicodeScalars)
      let shared = zip(scalars, wanted).prefix { $0 == $1 }.count
      return shared >= 3 && abs(scalars.count - wanted.count) <= 3
        && shared * 2 >= max(scalars.count, wanted.count)
    }
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      for j in b.indices {
        var cost = min(
          previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        current.append(cost)
      }
      before = previous
      previous = current
    }
    return previous[b.count]
  }
}
