import TraceIndex
import TraceModel

/// Where an index keeps a text field.
enum TextSource {
  case column(IDColumn, TextPart)
  /// The postings of an attribute key.
  case attribute(Int)
}

/// Where an index keeps the values of a field of the language.
enum FieldSource {
  /// Any of these; empty when the execution has none.
  case text([TextSource])
  case trace, span, parent, file, run
  case word
  case number
  case label

  /// Where this index keeps the field.
  init(_ field: KnownField, in index: TraceIndex) {
    func authz(_ names: String...) -> [TextSource] {
      names.compactMap { index.keyOrdinal(scope: .authz, name: $0) }.map { .attribute($0) }
    }
    switch field {
    case .name: self = .text([.column(.name, .whole)])
    case .service: self = .text([.column(.service, .whole)])
    case .message: self = .text([.column(.message, .whole)])
    case .actor: self = .text([.column(.principal, .whole)])
    case .perm: self = .text([.column(.permission, .whole)])
    case .target: self = .text([.column(.target, .whole)])
    case .reason: self = .text([.column(.reason, .whole)])
    case .evaluator: self = .text([.column(.evaluator, .whole)])
    case .actorType:
      self = .text(authz("principal_type") + [.column(.principal, .principalType)])
    case .targetType: self = .text(authz("resource_type"))
    case .project: self = .text(authz("project") + [.column(.target, .project)])
    case .method: self = .text(authz("method"))
    case .role: self = .text(authz("role"))
    case .member: self = .text(authz("member"))
    case .cond: self = .text(authz("condition.title", "condition.expression"))
    case .trace: self = .trace
    case .span: self = .span
    case .parent: self = .parent
    case .file: self = .file
    case .run: self = .run
    case .isWord, .kind, .status, .decision, .join: self = .word
    case .dur, .selfTime, .start, .end, .latency, .depth, .children, .byte, .confidence:
      self = .number
    case .diff, .policyStatement, .mark, .tag: self = .label
    }
  }
}

/// Which rows have a time or a duration.
struct TimePresence {
  var kinds: [RowKind]
  /// Marks that say that it is missing.
  var missing: RowMarks

  /// Nil for fields that every row has.
  init?(_ field: KnownField) {
    switch field {
    case .start: (kinds, missing) = (RowKind.allCases, .timeMissing)
    case .end: (kinds, missing) = ([.span, .decision], [.timeMissing, .endMissing])
    case .dur, .selfTime: (kinds, missing) = ([.span, .decision], .endMissing)
    case .latency: (kinds, missing) = ([.decision], .endMissing)
    default: return nil
    }
  }

  /// Whether a row of this kind, with these marks, has it.
  func holds(_ kind: RowKind, _ marks: RowMarks) -> Bool {
    kinds.contains(kind) && marks.isDisjoint(with: missing)
  }
}
