/// How far two samples of durations lie apart, whatever their distributions.
package struct EffectSize: Sendable, Equatable {
  /// How large an effect is called, by the bounds of Romano and others (2006) for Cliff's delta.
  package enum Magnitude: String, Sendable {
    case negligible
    case small
    case medium
    case large
  }

  /// The sizes of the samples.
  package let before: Int
  package let after: Int
  /// Cliff's delta, from −1 to 1: how much likelier it is that a duration after is longer than one
  /// before than that it is shorter.
  package let delta: Double

  /// Compares two samples in ascending order; neither may be empty.
  ///
  /// - Complexity: O(durations).
  init(before: ArraySlice<Int64>, after: ArraySlice<Int64>) {
    self.before = before.count
    self.after = after.count
    var shorter = before.startIndex
    var notLonger = before.startIndex
    // The sum over `after` of (durations before that are shorter) − (those that are longer).
    var balance = 0
    for duration in after {
      while shorter < before.endIndex && before[shorter] < duration { shorter += 1 }
      notLonger = max(notLonger, shorter)
      while notLonger < before.endIndex && before[notLonger] <= duration { notLonger += 1 }
      balance += (shorter - before.startIndex) - (before.endIndex - notLonger)
    }
    let pairs = Double(before.count) * Double(after.count)
    delta = pairs == 0 ? 0 : Double(balance) / pairs
  }

  /// Vargha and Delaney's A: the probability that a duration after is longer than one before, ties
  /// counted half.
  package var superiority: Double { (delta + 1) / 2 }

  package var magnitude: Magnitude {
    switch delta.magnitude {
    case ..<0.147: .negligible
    case ..<0.33: .small
    case ..<0.474: .medium
    default: .large
    }
  }

  /// The standard deviation that delta has between two samples of one distribution.
  private var noise: Double {
    guard before > 0, after > 0 else { return .infinity }
    return ((Double(before) + Double(after) + 1) / (3 * Double(before) * Double(after)))
      .squareRoot()
  }

  /// Whether the effect is at least medium and three standard deviations away from none.
  var isClear: Bool { delta.magnitude >= max(0.33, 3 * noise) }

  /// Whether the samples are too small for any effect to be clear: below about seven each.
  package var isTooFew: Bool { 3 * noise > 1 }
}

/// Whether two shares differ by at least `least` (a part of one) and by more than chance: three
/// standard deviations of the difference between two samples of one proportion.
func isClearlyDifferent(_ a: Share, _ b: Share, byAtLeast least: Double) -> Bool {
  guard a.whole > 0, b.whole > 0 else { return false }
  let difference = (b.fraction - a.fraction).magnitude
  let pooled = Double(a.part + b.part) / Double(a.whole + b.whole)
  let variance = pooled * (1 - pooled) * (1 / Double(a.whole) + 1 / Double(b.whole))
  return difference >= least && difference >= 3 * max(0, variance).squareRoot()
}
