package import TraceIndex
import TraceModel

extension Cause {
  /// The cause in one sentence of the execution's own names, exactly, without a full stop.
  package func sentence(in index: TraceIndex) -> String {
    if index.kind(asked) == .decision { return decisionSentence(in: index) }
    let subject = index.operationText(ofRow: asked)
    let verb = index.status(asked) == .error ? "failed" : "did not fail itself"
    if deepest == asked {
      return "\(subject) \(verb)\(index.errorText(ofRow: asked)); nothing below it failed"
    }
    let way = chain.contains { $0.relation == .link } ? ", behind a link" : ""
    guard index.kind(deepest) == .decision else {
      return "\(subject) \(verb); the deepest error\(way) is \(index.operationText(ofRow: deepest))"
        + index.errorText(ofRow: deepest)
    }
    let place = index.parent(deepest).map { ", in " + index.operationText(ofRow: $0) } ?? ""
    return "\(subject) \(verb)\(way): \(index.decisionText(ofRow: deepest))\(place)"
  }

  private func decisionSentence(in index: TraceIndex) -> String {
    let above = chain.map(\.row).prefix { $0 != asked }
    let failed = above.filter { index.status($0) == .error }
    var text = index.decisionText(ofRow: asked)
    if let last = above.last { text += ", in " + index.operationText(ofRow: last) }
    if let top = failed.first {
      text += "; \(failed.count) above it failed, up to \(index.operationText(ofRow: top))"
    }
    return text
  }
}

extension TraceIndex {
  /// `POST /charge (payments)`, exactly as the artifacts name it.
  func operationText(ofRow row: Int) -> String {
    operationText(service: service(row), name: name(row))
  }

  /// The same from its parts.
  func operationText(service: StringID, name: StringID) -> String {
    TraceAnalysis.operationText(service: string(service), name: string(name))
  }

  /// `user:a was denied p on r: reason`.
  func decisionText(ofRow row: Int) -> String {
    let principal = string(principal(row))
    let about = "\(string(permission(row))) on \(string(target(row)))"
    let who = principal.isEmpty ? "an unnamed principal" : principal
    let joined = joinText(ofRow: row)
    switch outcome(row) {
    case .deny, .unauthenticated:
      let reason = string(reason(row))
      return "\(who) was denied \(about)" + (reason.isEmpty ? "" : ": \(reason)") + joined
    case .allow, .allowedThenFailed: return "\(who) was allowed \(about)" + joined
    case .error, .unknown, .none:
      return "no decision for \(who) about \(about)" + errorText(ofRow: row) + joined
    }
  }

  /// ` (joined by request id, confidence 95 of 100)`; empty where ids of the trace say it.
  private func joinText(ofRow row: Int) -> String {
    let join = join(row)
    guard join.method.isInferred else { return "" }
    return " (\(join.method.phrase), confidence \(join.confidence) of 100)"
  }

  /// `: message` with a row's status message or, without one, its first exception's message.
  func errorText(ofRow row: Int) -> String {
    let status = string(message(row))
    if !status.isEmpty { return ": " + status }
    let exception =
      keyOrdinal(scope: .event, name: "exception.message").flatMap { attribute($0, ofRow: row) }
    let text = exception.map { string($0) } ?? ""
    return text.isEmpty ? "" : ": " + text
  }
}

/// `POST /charge (payments)`; the name alone without a service.
func operationText(service: String, name: String) -> String {
  let shown = name.isEmpty ? "an unnamed span" : name
  return service.isEmpty ? shown : "\(shown) (\(service))"
}
