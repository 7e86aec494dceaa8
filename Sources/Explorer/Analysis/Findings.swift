package import TraceAnalysis
import TraceModel

/// One line of what is wrong with a run.
package struct Finding: Sendable, Equatable {
  /// How much it matters to a person who looks for trouble.
  package enum Tone: Sendable {
    case bad, failing, changed, good, plain
  }

  /// A word or two in front; empty for a sentence.
  package let label: String
  /// Safe to show.
  package let text: String
  package let tone: Tone

  init(label: String = "", text: String, tone: Tone) {
    self.label = label
    self.text = visibleText(text)
    self.tone = tone
  }
}

/// What is wrong with a run, the most important first.
package struct Findings: Sendable {
  package let lines: [Finding]
  package let timeline: Timeline?
}

extension ExplorerState {
  /// What is wrong with a run, against run A where there is one; nil while it is being found out.
  package func findings(for execution: Int) -> Findings? {
    guard let summary = analyses.summary(execution, filter: filters.active) else { return nil }
    guard let base = comparisonBase(for: execution) else {
      return Findings(
        lines: summary.headlines.map(Finding.init), timeline: summary.timeline)
    }
    guard
      let diff = analyses.comparison(before: base, after: execution, filter: filters.active)
    else { return nil }
    // The differences themselves follow: of the headlines only what sums them up.
    var lines = diff.headlines.enumerated()
      .filter { $0.offset == 0 || $0.element.kind == .cause }
      .map { Finding($0.element) }
    if diff.isEmpty { lines.append(Finding(text: "Nothing differs beyond noise.", tone: .good)) }
    lines += diff.differences.prefix(12).map(Finding.init)
    return Findings(lines: lines, timeline: summary.timeline)
  }
}

extension Finding {
  init(_ headline: Headline) {
    let tone: Tone =
      switch headline.kind {
      case .denied, .cause: .bad
      case .failing, .unread: .failing
      case .slow: .plain
      case .healthy: .good
      case .differences: .plain
      }
    self.init(text: headline.text + ".", tone: tone)
  }

  init(_ difference: Difference) {
    let tone: Tone =
      switch difference.kind.mark {
      case .denied: .bad
      case .error: .failing
      default: .changed
      }
    let change = difference.changes.first.map { "\($0.text)   " } ?? ""
    self.init(label: difference.kind.label, text: change + difference.shortSubject, tone: tone)
  }
}

extension MeasureChange {
  /// `p95 41 ms → 254 ms`.
  package var text: String { "\(name) \(before.text) → \(after.text)" }

  /// `41 ms → 254 ms`.
  package var values: String { "\(before.text) → \(after.text)" }

  /// `41 ms | 254 ms`.
  package var sides: String { "\(before.text) | \(after.text)" }

  /// The measure as people say it.
  package var name: String {
    switch measure {
    case .errorRate: "error rate"
    default: measure.rawValue
    }
  }
}

extension Quantity {
  package var text: String {
    switch self {
    case .count(let number): QuantityText.count(number)
    case .share(let share): share.description
    case .duration(let nanoseconds): QuantityText.duration(nanoseconds)
    }
  }
}
