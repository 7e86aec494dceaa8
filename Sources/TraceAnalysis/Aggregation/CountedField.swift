import TraceIndex
import TraceModel
import TraceQuery

/// Where an index keeps the values of a field that can be counted.
enum CountedField: Sendable {
  case column(IDColumn)
  /// Raw values of an enumeration, of rows of one kind.
  case words(ByteColumn, RowKind)
  case file
  /// A key's number; its postings belong to rows.
  case attribute(Int)
  /// A key's number; its postings belong to resources.
  case resourceAttribute(Int)

  init?(_ field: Field, in index: TraceIndex) {
    switch field {
    case .attribute(let scope, let name):
      guard let key = index.keyOrdinal(scope: scope, name: name) else { return nil }
      self = scope == .resource || scope == .scope ? .resourceAttribute(key) : .attribute(key)
    case .known(let known):
      switch known {
      case .name: self = .column(.name)
      case .service: self = .column(.service)
      case .message: self = .column(.message)
      case .actor: self = .column(.principal)
      case .perm: self = .column(.permission)
      case .target: self = .column(.target)
      case .reason: self = .column(.reason)
      case .evaluator: self = .column(.evaluator)
      case .kind: self = .words(.spanKind, .span)
      case .status: self = .words(.status, .span)
      case .decision: self = .words(.outcome, .decision)
      case .file: self = .file
      default: return nil
      }
    }
  }

  /// The fields of the language whose values can be counted, in the order in which people ask.
  static let known: [KnownField] = [
    .service, .name, .kind, .status, .message, .actor, .perm, .target, .decision, .reason,
    .evaluator, .file,
  ]

  /// A number above all codes of the field's values.
  func limit(in index: TraceIndex) -> Int {
    switch self {
    case .column, .attribute, .resourceAttribute: index.stringCount
    case .words: 256
    case .file: index.artifacts.count
    }
  }

  /// The exact text of a value.
  func text(_ code: Int, in index: TraceIndex) -> String {
    switch self {
    case .column, .attribute, .resourceAttribute:
      return index.string(StringID(UInt32(truncatingIfNeeded: code)))
    case .file: return index.artifacts.indices.contains(code) ? index.artifacts[code].path : ""
    case .words(let column, _):
      let raw = UInt8(truncatingIfNeeded: code)
      return switch column {
      case .spanKind: SpanKind(rawValue: raw)?.name ?? ""
      case .status: SpanStatus(rawValue: raw)?.name ?? ""
      default: Outcome(rawValue: raw)?.name ?? ""
      }
    }
  }

  /// Calls `body` with every value of every selected row, and the tally that it stands for: of a
  /// row, or of all selected rows of a resource.
  ///
  /// A row may have several values of an attribute; rows come in ascending order.
  func forEachValue(
    in index: TraceIndex, _ rows: RowSelection,
    _ body: (_ owner: Int, _ code: Int, _ tally: RowTally) -> Void
  ) {
    switch self {
    case .column(let column):
      index.withIDs(column) { ids in
        rows.forEachTally(in: index) { row, tally in
          if ids[row] != 0 { body(row, Int(ids[row]), tally) }
        }
      }
    case .words(let column, let kind):
      index.withBytes(column) { words in
        index.withBytes(.kind) { kinds in
          rows.forEachTally(in: index) { row, tally in
            if kinds[row] == kind.rawValue { body(row, Int(words[row]), tally) }
          }
        }
      }
    case .file:
      rows.forEachTally(in: index) { row, tally in body(row, index.artifact(ofRow: row), tally) }
    case .attribute(let key):
      forEachPosting(ofKey: key, in: index) { row, code in
        guard rows.contains(row) else { return }
        let outcome = index.outcome(row)
        let isError = index.status(row) == .error || outcome == .error
        body(
          row, code,
          RowTally(rows: 1, errors: isError ? 1 : 0, denied: outcome.isDenial ? 1 : 0))
      }
    case .resourceAttribute(let key):
      let tallies = rows.talliesByResource(in: index)
      forEachPosting(ofKey: key, in: index) { resource, code in
        if resource < tallies.count, tallies[resource].rows > 0 {
          body(resource, code, tallies[resource])
        }
      }
    }
  }

  private func forEachPosting(
    ofKey key: Int, in index: TraceIndex, _ body: (_ owner: Int, _ code: Int) -> Void
  ) {
    index.withPostings(ofKey: key) { postings in
      for place in 0..<postings.rows.count {
        body(Int(postings.rows[place]), Int(postings.values[place]))
      }
    }
  }
}
