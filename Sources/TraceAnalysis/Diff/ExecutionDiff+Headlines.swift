import TraceIndex
import TraceModel

extension Difference.Subject {
  /// `POST /checkout (gateway)`, or `user:a p on r`: exact names.
  package var text: String {
    switch self {
    case .operation(let service, let name): return operationText(service: service, name: name)
    case .decision(let principal, let permission, let target, let targets):
      let who = principal.isEmpty ? "an unnamed principal" : principal
      let what = targets == 1 ? target : "\(QuantityText.count(targets)) targets"
      return "\(who) \(permission) on \(what)"
    }
  }
}

extension Quantity {
  /// As people read it: `61`, `25.6 %`, `254 ms`.
  package var text: String {
    switch self {
    case .count(let count): QuantityText.count(count)
    case .share(let share): share.description
    case .duration(let duration): QuantityText.duration(duration)
    }
  }
}

extension Headline {
  /// How many differences the sentences name one by one.
  private static let named = 3

  /// The sentences for a comparison.
  static func all(
    _ differences: [Difference], before: String, after: TraceIndex, unsure: Int
  ) -> [Headline] {
    var headlines = [count(of: differences)]
    for difference in differences.lazy.filter({ !$0.isExplained }).prefix(named) {
      let text =
        cause(difference, among: differences, before: before, after: after) ?? alone(difference)
      headlines.append(Headline(.cause, text, row: difference.evidence?.afterRow))
    }
    if unsure > 0 {
      let subject = QuantityText.count(unsure, "operation") + (unsure == 1 ? " was" : " were")
      headlines.append(
        Headline(
          .differences, "\(subject) called too rarely to compare durations that differ twofold"))
    }
    return headlines
  }

  /// That records are missing from a comparison; empty when none are.
  static func unread(before: TraceIndex, after: TraceIndex) -> [Headline] {
    let refused = [before, after].map(\.totals.recordsRefused)
    guard refused != [0, 0] else { return [] }
    let sides = zip([before, after], refused).map { "\(QuantityText.count($1)) of \($0.name)" }
    return [
      Headline(
        .unread,
        "\(QuantityText.count(refused[0] &+ refused[1], "record")) could not be read "
          + "(\(sides.joined(separator: ", "))): what they show was not compared")
    ]
  }

  private static func count(of differences: [Difference]) -> Headline {
    let causes = differences.count(where: \.isCause)
    let explained = differences.count(where: \.isExplained)
    let alone = differences.count - causes - explained
    var text =
      differences.isEmpty ? "No differences" : QuantityText.count(differences.count, "difference")
    if causes > 0 && alone == 0 {
      text +=
        causes == 1
        ? ", 1 that explains the rest"
        : ", \(QuantityText.count(causes)) that explain the rest"
    } else if causes > 0 {
      text +=
        ": \(QuantityText.count(causes)) " + (causes == 1 ? "explains" : "explain")
        + " \(QuantityText.count(explained)), \(QuantityText.count(alone)) "
        + (alone == 1 ? "stands alone" : "stand alone")
    }
    return Headline(.differences, text)
  }

  /// What a cause does to the highest operation that fails because of it; nil when none does.
  private static func cause(
    _ cause: Difference, among differences: [Difference], before: String, after: TraceIndex
  ) -> String? {
    guard cause.isCause else { return nil }
    let failures = cause.explains.filter { differences[$0.difference].kind.isFailure }
    let highest = failures.min { a, b in
      let (x, y) = (differences[a.difference].evidence, differences[b.difference].evidence)
      return (x?.depth ?? 0, -(x?.count ?? 0), a.difference) < (
        y?.depth ?? 0, -(y?.count ?? 0), b.difference
      )
    }
    guard let highest else { return nil }
    let effect = differences[highest.difference]
    let share = highest.share
    let many =
      share.isAll
      ? (share.whole == 1 ? "The one trace" : "All \(QuantityText.count(share.whole)) traces")
      : "\(QuantityText.count(share.part)) of \(QuantityText.count(share.whole)) traces"
    let verb = share.isAll && share.whole == 1 ? "has" : "have"
    var text = "\(many) where \(effect.subject.text) failed \(verb) "
    switch cause.kind {
    case .deniedNow, .newDenied, .partlyDenied: text += "a denied call: "
    case .undecidedNow: text += "a check without a decision: "
    case .failsNow, .failsMore: text += "a failed "
    default: return nil
    }
    text += cause.subject.text + granted(cause, before: before)
    if let evidence = cause.evidence, evidence.inferred > 0 {
      text +=
        "; \(QuantityText.count(evidence.inferred)) of \(QuantityText.count(evidence.count)) joined "
        + "by request id or by principal and time"
    }
    if let begin = cause.first {
      text += "; the first at \(after.clockText(begin))"
    }
    return text
  }

  private static func alone(_ difference: Difference) -> String {
    var text = difference.kind.label + ": " + difference.subject.text
    if let change = difference.changes.first {
      text += ", \(change.measure.label) \(change.before.text) → \(change.after.text)"
    }
    if let effect = difference.effect {
      text +=
        " (\(effect.magnitude.rawValue) effect, \(QuantityText.count(effect.before)) and "
        + "\(QuantityText.count(effect.after)) calls)"
    }
    return text
  }

  private static func granted(_ difference: Difference, before: String) -> String {
    difference.grantedBy.isEmpty
      ? "" : "; \(before) granted it by \(difference.grantedBy.joined(separator: ", "))"
  }
}

extension DifferenceKind {
  fileprivate var isFailure: Bool { self == .failsNow || self == .failsMore }
}

extension MeasureChange.Measure {
  /// As people read it.
  package var label: String {
    switch self {
    case .errorRate: "errors"
    default: rawValue
    }
  }
}

extension Difference.Evidence {
  fileprivate var afterRow: Int? { side == .after ? row : nil }
}
