import TraceQuery

/// Finds which differences account for which, on one side.
///
/// A difference shows in some of the side's traces. Another one, the cause, accounts for it when
/// - the cause comes before it in the causal order: decisions; failing operations, the deepest
///   first; new (or gone) operations, the highest first; slower (or faster) operations, those whose
///   own time changed most first; everything else, which is never a cause;
/// - a trace with the cause is likelier to show the difference than one without it, by at least
///   fifty points; where every trace has the cause, only a decision or a failure counts as one.
/// Causes are taken greedily, each for the traces that earlier ones left over, as long as it adds a
/// tenth. A slower operation is explained by another slower one when the growth of the one is for
/// the most part not its own, that of the other one is, and is at least half as large, and the
/// other one is slow in four fifths of the traces in which the one is.
struct CauseFinder {
  /// What accounts for one difference.
  struct Account: Sendable {
    /// The causes, those that cover most first, with how much of the difference each one covers.
    var causes: [(cause: Int, share: Share)] = []
    /// Of the traces that show the difference, those that show any of the causes.
    var covered = Share(0, of: 0)

    /// Whether the causes leave at most a fifth.
    var isExplained: Bool { !causes.isEmpty && covered.fraction >= 0.8 }
  }

  /// A difference's place in the causal order.
  private struct Rank: Comparable {
    var level: Int
    var value: Double
    var number: Int

    static func < (a: Self, b: Self) -> Bool {
      (a.level, a.value, a.number) < (b.level, b.value, b.number)
    }
  }

  private static let levelOfEffects = 4

  private let drafts: [DraftDifference]
  private let side: DiffSide
  private let universe: Int
  private let ranks: [Rank]

  /// Takes differences whose footprints are known; `universe` is the number of the side's traces.
  init(_ drafts: [DraftDifference], on side: DiffSide, universe: Int) {
    self.drafts = drafts
    self.side = side
    self.universe = universe
    ranks = drafts.enumerated().map { CauseFinder.rank($1, number: $0, on: side) }
  }

  private static func rank(_ draft: DraftDifference, number: Int, on side: DiffSide) -> Rank {
    guard let footprint = draft.footprint(side), !footprint.isLack else {
      return Rank(level: levelOfEffects, value: 0, number: number)
    }
    switch draft.kind {
    case .deniedNow, .newDenied, .partlyDenied, .undecidedNow, .allowedNow, .partlyAllowed:
      return Rank(level: 0, value: 0, number: number)
    case .failsNow, .failsMore, .failsLess, .failsNoMore:
      return Rank(level: 1, value: -footprint.meanDepth, number: number)
    case .newOperation, .goneOperation:
      return Rank(level: 2, value: footprint.meanDepth, number: number)
    case .slower, .faster:
      return Rank(level: 3, value: -draft.growth.own.magnitude, number: number)
    case .newAllowed, .goneDecision, .otherTargets, .moreCalls, .fewerCalls:
      return Rank(level: levelOfEffects, value: 0, number: number)
    }
  }

  /// What accounts for each difference.
  func accounts() -> [Account] {
    let causes = drafts.indices
      .filter { ranks[$0].level < CauseFinder.levelOfEffects && !traces($0).isEmpty }
      .sorted { ranks[$0] < ranks[$1] }
      .prefix(64)
    return drafts.indices.map { account(for: $0, causes: causes) }
  }

  private func traces(_ number: Int) -> RowSet {
    drafts[number].footprint(side)?.traces ?? RowSet(rowCount: 0)
  }

  private func account(for effect: Int, causes: ArraySlice<Int>) -> Account {
    let shown = traces(effect)
    guard !shown.isEmpty, ranks[effect].level > 0, let whole = whole(of: effect) else {
      return Account()
    }
    let candidates = causes.prefix { ranks[$0] < ranks[effect] }
      .filter { $0 != effect && accounts($0, for: effect, shown: shown) }
    var account = Account()
    var rest = shown
    while let (best, gained) = bestCause(of: candidates, for: rest), gained * 10 >= whole {
      let overlap = traces(best).intersection(shown).count
      account.causes.append((best, Share(min(overlap, whole), of: whole)))
      rest.subtract(traces(best))
    }
    let covered = shown.count - rest.count
    account.covered = Share(min(covered, whole), of: whole)
    return account
  }

  /// The first of the causes that show in the most traces of `rest`; nil when none shows in any.
  private func bestCause(of causes: [Int], for rest: RowSet) -> (cause: Int, gained: Int)? {
    var best: (cause: Int, gained: Int)?
    for cause in causes {
      let gained = traces(cause).intersection(rest).count
      if gained > best?.gained ?? 0 { best = (cause, gained) }
    }
    return best
  }

  /// How many traces there are to account for; nil when that is not a matter of traces.
  private func whole(of number: Int) -> Int? {
    guard let footprint = drafts[number].footprint(side), let traces = footprint.traces else {
      return nil
    }
    guard footprint.isLack else { return traces.count }
    // Not every trace that lacks an operation would have had it: as many as on the other side.
    let shares = drafts[number].traces
    let (here, there) =
      side == .after ? (shares.after, shares.before) : (shares.before, shares.after)
    let missing = Int((there.fraction * Double(here.whole)).rounded()) - here.part
    return missing > 0 ? missing : nil
  }

  private func accounts(_ cause: Int, for effect: Int, shown: RowSet) -> Bool {
    let having = traces(cause)
    let both = having.intersection(shown).count
    if ranks[cause].level == 3 && ranks[effect].level == 3 {
      let (slow, other) = (drafts[effect].growth, drafts[cause].growth)
      return slow.own.magnitude * 2 < slow.total.magnitude
        && other.own.magnitude * 2 >= other.total.magnitude
        && other.total.magnitude * 2 >= slow.total.magnitude && both * 5 >= shown.count * 4
    }
    let others = universe - having.count
    // Without a trace to compare with, only what refuses or fails is taken for a cause.
    if others == 0 && ranks[cause].level > 1 { return false }
    let with = Share(both, of: having.count).fraction
    let without = Share(shown.count - both, of: others).fraction
    return with - without >= 0.5
  }
}
