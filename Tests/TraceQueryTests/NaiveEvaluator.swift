import TraceIndex
import TraceModel

@testable import TraceQuery

/// Evaluates a query row by row, from the definitions: no bit sets, no ranges of subtrees, no
/// postings.
///
/// Slow and plain, to hold the real evaluation against.
struct NaiveEvaluator {
  let index: TraceIndex

  /// A value of a field as a person sees it.
  enum Value {
    case text(String)
    case integer(Int64)
    /// Text of an attribute, and whether the artifact gave it as a number.
    case attribute(String, isNumber: Bool)
  }

  func rows(_ query: Query) -> [Int] {
    (0..<index.rowCount).filter { holds(query.spanset, $0) }
  }

  private func holds(_ spanset: Spanset, _ row: Int) -> Bool {
    spanset.alternatives.contains { group in holds(group, row) }
  }

  // MARK: Relations

  private func holds(_ group: [Chain], _ row: Int) -> Bool {
    guard let last = group.last, holds(last, row) else { return false }
    let rest = Array(group.dropLast())
    if rest.isEmpty { return true }
    guard let trace = index.trace(ofRow: row) else { return false }
    return (0..<index.rowCount).contains { index.trace(ofRow: $0) == trace && holds(rest, $0) }
  }

  private func holds(_ chain: Chain, _ row: Int) -> Bool {
    guard let link = chain.links.last else { return holds(chain.first, row) }
    let left = Chain(first: chain.first, links: chain.links.dropLast())
    guard holds(link.predicate, row) else { return false }
    return relatives(link.relation, of: row).contains { holds(left, $0) } != link.isNegated
  }

  /// The rows that stand on the left of `row`.
  private func relatives(_ relation: Relation, of row: Int) -> [Int] {
    switch relation {
    case .descendant: return ancestors(of: row)
    case .ancestor: return (0..<index.rowCount).filter { ancestors(of: $0).contains(row) }
    case .child: return index.parent(row).map { [$0] } ?? []
    case .parent: return (0..<index.rowCount).filter { index.parent($0) == row }
    case .sibling:
      guard let parent = index.parent(row) else { return [] }
      return (0..<index.rowCount).filter { $0 != row && index.parent($0) == parent }
    }
  }

  private func ancestors(of row: Int) -> [Int] {
    var found: [Int] = []
    var next = index.parent(row)
    while let row = next {
      found.append(row)
      next = index.parent(row)
    }
    return found
  }

  // MARK: Conditions

  private func holds(_ predicate: Predicate, _ row: Int) -> Bool {
    switch predicate {
    case .everything: return true
    case .all(let parts): return parts.allSatisfy { holds($0, row) }
    case .any(let parts): return parts.contains { holds($0, row) }
    case .not(let inner): return !holds(inner, row)
    case .related(let spanset): return holds(spanset, row)
    case .exists(let field, _): return !values(field, row).isEmpty
    case .search(let test):
      let fields: [KnownField] = [.name, .service, .actor, .perm, .target, .message, .reason]
      return fields.flatMap { values(.known($0), row) }.contains { holds(.text(test), $0) }
    case .comparison(let comparison):
      if comparison.field == .known(.isWord) { return isAny(comparison.condition, row) }
      let values = values(comparison.field, row)
      let isMatch = values.contains { holds(comparison.condition, $0) }
      return comparison.isNegated ? !values.isEmpty && !isMatch : isMatch
    }
  }

  private func holds(_ condition: Condition, _ value: Value) -> Bool {
    switch (condition, value) {
    case (.text(.equals(let wanted)), .attribute(let text, isNumber: true)):
      if let a = Double(wanted), let b = Double(text) { return a == b }
      return text == wanted
    case (.text(let test), .text(let text)), (.text(let test), .attribute(let text, _)):
      return holds(test, text)
    case (.words(let words), .text(let text)): return words.contains(text)
    case (.integer(let ordering, let wanted), .integer(let number)):
      return holds(ordering, number, wanted)
    case (.integers(let wanted), .integer(let number)): return wanted.contains(number)
    case (.time(let ordering, let time), .integer(let number)):
      let moment = time.nanoseconds(from: index.totals.start, to: index.totals.end)
      return holds(ordering, number, moment)
    case (.number(let ordering, let wanted), .attribute(let text, _)):
      guard let number = Double(text) else { return false }
      return holds(ordering, number, wanted.doubleValue)
    default: return false
    }
  }

  private func holds<T: Comparable>(_ ordering: Ordering, _ a: T, _ b: T) -> Bool {
    switch ordering.rawValue {
    case "=": a == b
    case "<": a < b
    case "<=": a < b || a == b
    case ">": a > b
    default: a > b || a == b
    }
  }

  private func holds(_ test: TextTest, _ text: String) -> Bool {
    switch test {
    case .equals(let wanted): return wanted == text
    case .contains(let glob): return like(text, glob)
    case .oneOf(let globs):
      return globs.contains { $0.pieces.count == 1 ? $0.pieces[0] == text : like(text, $0) }
    case .matches(let pattern):
      guard let regex = try? pattern.compiled() else { return false }
      return text.contains(regex)
    }
  }

  private func like(_ text: String, _ glob: Glob) -> Bool {
    let text = glob.ignoresCase ? text.lowercased() : text
    let pattern = glob.pieces.joined(separator: "\u{0}")
    let wanted = Array(glob.ignoresCase ? pattern.lowercased() : pattern)
    if glob.pieces.count == 1 { return wanted.isEmpty || text.contains(String(wanted)) }
    return like(Array(text)[...], wanted[...])
  }

  private func like(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "\u{0}" {
      return (text.startIndex...text.endIndex).contains { like(text[$0...], pattern.dropFirst()) }
    }
    return text.first == first && like(text.dropFirst(), pattern.dropFirst())
  }

  // MARK: Values

  private func isAny(_ condition: Condition, _ row: Int) -> Bool {
    guard case .words(let words) = condition else { return false }
    return words.contains { word in
      switch word {
      case "span", "decision", "log": index.kind(row).name == word
      case "allow": [.allow, .allowedThenFailed].contains(index.outcome(row))
      case "deny": [.deny, .unauthenticated].contains(index.outcome(row))
      case "error": index.status(row) == .error || index.outcome(row) == .error
      case "root": index.marks(row).contains(.root)
      case "leaf": index.marks(row).contains(.leaf)
      case "orphan": index.marks(row).contains(.orphan)
      case "duplicate": index.marks(row).contains(.duplicate)
      case "cycle": index.marks(row).contains(.cycle)
      case "critical": index.marks(row).contains(.critical)
      default: index.marks(row).contains(.joined)
      }
    }
  }

  private func values(_ field: Field, _ row: Int) -> [Value] {
    switch field {
    case .attribute(let scope, let name):
      var found = index.attributes(ofRow: row)
        .filter { $0.scope == scope && index.string($0.key) == name }
        .map { attribute in
          Value.attribute(
            index.string(attribute.value),
            isNumber: attribute.type == .integer || attribute.type == .double)
        }
      if scope == .event, name == "name" {
        found += index.events(ofRow: row).map { .text(index.string(index.event($0).name)) }
      }
      return found
    case .known(let known): return values(known, row)
    }
  }

  private func values(_ field: KnownField, _ row: Int) -> [Value] {
    let isSpan = index.kind(row) == .span
    let isDecision = index.kind(row) == .decision
    let principal = index.string(index.principal(row))
    let target = index.string(index.target(row)).split(separator: "/").map(String.init)
    switch field {
    case .name: return texts(index.string(index.name(row)))
    case .service: return texts(index.string(index.service(row)))
    case .message: return texts(index.string(index.message(row)))
    case .actor: return texts(principal)
    case .perm: return texts(index.string(index.permission(row)))
    case .target: return texts(index.string(index.target(row)))
    case .reason: return texts(index.string(index.reason(row)))
    case .evaluator: return texts(index.string(index.evaluator(row)))
    case .method: return values(.attribute(.authz, "method"), row)
    case .role: return values(.attribute(.authz, "role"), row)
    case .actorType:
      let isTyped = principal.hasPrefix("user:") || principal.hasPrefix("serviceAccount:")
      return isTyped ? texts(String(principal.prefix { $0 != ":" })) : []
    case .project:
      return target.count > 1 && target[0] == "projects" ? texts(target[1]) : []
    case .kind: return isSpan ? texts(index.spanKind(row).name) : []
    case .status: return isSpan ? texts(index.status(row).name) : []
    case .decision: return isDecision ? texts(index.outcome(row).name) : []
    case .dur: return isSpan || isDecision ? [.integer(index.duration(row))] : []
    case .selfTime: return isSpan || isDecision ? [.integer(index.selfTime(row))] : []
    case .latency: return isDecision ? [.integer(index.duration(row))] : []
    case .start: return [.integer(index.start(row))]
    case .end: return isSpan || isDecision ? [.integer(index.start(row) + index.duration(row))] : []
    case .depth: return [.integer(Int64(ancestors(of: row).count))]
    case .children: return [.integer(Int64(relatives(.parent, of: row).count))]
    case .join: return isSpan ? [] : texts(index.join(row).method.name)
    case .confidence:
      let confidence = index.join(row).confidence
      return confidence == 0 ? [] : [.integer(Int64(confidence))]
    case .byte: return [.integer(Int64(index.byteOffset(ofRow: row)))]
    case .trace: return index.trace(ofRow: row).map { texts(index.idText(ofTrace: $0)) } ?? []
    case .span: return index.spanID(row).isNone ? [] : texts(index.spanID(row).description)
    case .parent:
      return index.parentSpanID(row).isNone ? [] : texts(index.parentSpanID(row).description)
    case .file: return texts(index.artifacts[index.artifact(ofRow: row)].path)
    case .run: return texts(index.name)
    case .isWord, .targetType, .member, .cond, .diff, .policyStatement, .mark, .tag: return []
    }
  }

  private func texts(_ text: String) -> [Value] { text.isEmpty ? [] : [.text(text)] }
}
