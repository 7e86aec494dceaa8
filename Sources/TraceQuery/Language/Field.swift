package import TraceModel

/// Something a row has a value for: a field of the language, or an attribute by scope and name.
package enum Field: Hashable, Sendable {
  case known(KnownField)
  case attribute(AttributeScope, String)

  /// What its values are.
  package var kind: FieldKind {
    switch self {
    case .known(let field): field.kind
    case .attribute: .attribute
    }
  }
}

/// What a field's values are; it decides which operators and literals go with the field.
package enum FieldKind: Sendable, Equatable {
  /// Text of the artifacts.
  case text
  /// A span's id: 16 hexadecimal digits.
  case identifier
  /// One of a few words.
  case word([String])
  /// A whole number.
  case integer
  /// Nanoseconds.
  case duration
  /// Nanoseconds since the Unix epoch.
  case time
  /// An attribute's text, compared as a number where the query asks for an order.
  case attribute
  /// A name that the program, not the artifact, gives to sets of rows.
  case label
}

/// The fields of the language, by their canonical names.
package enum KnownField: String, CaseIterable, Sendable {
  case isWord = "is"
  case name, service, kind, status, message
  case dur
  case selfTime = "self"
  case start, end
  case actor
  case actorType = "actor.type"
  case perm, target
  case targetType = "target.type"
  case project, method, decision, reason, evaluator, latency, role, member, cond
  case trace, span, parent, depth, children
  case join, confidence
  case file, byte, run
  case diff
  case policyStatement = "policy.stmt"
  case mark, tag

  /// Other names of the field: the words of section 3 of the design, and of OpenTelemetry.
  package var aliases: [String] {
    switch self {
    case .dur: ["duration"]
    case .actor: ["principal"]
    case .actorType: ["principal.type"]
    case .perm: ["permission"]
    case .target: ["resource"]
    case .decision: ["outcome"]
    case .cond: ["condition"]
    case .confidence: ["join.confidence"]
    default: []
    }
  }

  /// What the values of the field are.
  package var kind: FieldKind {
    switch self {
    case .isWord: .word(IsWord.allCases.map(\.rawValue))
    case .kind: .word(SpanKind.allCases.map(\.name))
    case .status: .word(SpanStatus.allCases.map(\.name))
    case .decision: .word(Outcome.allCases.filter { $0 != .none }.map(\.name))
    case .join: .word(JoinMethod.allCases.map(\.name))
    case .dur, .selfTime, .latency: .duration
    case .start, .end: .time
    case .depth, .children, .byte, .confidence: .integer
    case .span, .parent: .identifier
    case .diff, .policyStatement, .mark, .tag: .label
    case .name, .service, .message, .actor, .actorType, .perm, .target, .targetType, .project,
      .method, .reason, .evaluator, .role, .member, .cond, .trace, .file, .run:
      .text
    }
  }

  /// What a person needs to know to use the field, in one clause.
  package var help: String {
    switch self {
    case .isWord: "what a row is: deny, error, root, …"
    case .name: "a span's operation; a decision's permission; a log's body"
    case .service: "the service that emitted the row"
    case .kind: "a span's role in a call"
    case .status: "a span's status"
    case .message: "a status or error message"
    case .dur: "how long it took"
    case .selfTime: "the part of dur that no child covers"
    case .start: "when it began"
    case .end: "when it ended"
    case .actor: "the principal that asked"
    case .actorType: "the kind of principal: user, serviceAccount, …"
    case .perm: "the permission that was checked"
    case .target: "the resource the decision is about"
    case .targetType: "the kind of resource"
    case .project: "the resource's project"
    case .method: "the API method that was checked"
    case .decision: "what the check came to"
    case .reason: "why it came to that"
    case .evaluator: "who decided"
    case .latency: "how long a decision took"
    case .role: "a role that matched"
    case .member: "a member entry that matched"
    case .cond: "the title or text of a condition that was evaluated"
    case .trace: "the trace's id"
    case .span: "the span's id"
    case .parent: "the id of the parent the artifact names"
    case .depth: "the number of ancestors"
    case .children: "the number of children"
    case .join: "how a decision or a log came to its place in a trace"
    case .confidence: "of a hundred such joins, how many should be right"
    case .file: "the artifact's path"
    case .byte: "where the record begins in its artifact"
    case .run: "the execution's name"
    case .diff: "how a row differs from the other run"
    case .policyStatement: "the evidence of a policy statement"
    case .mark: "a mark's letter"
    case .tag: "a tag's name"
    }
  }

  private static let byName: [String: KnownField] = {
    var names: [String: KnownField] = [:]
    for field in allCases {
      for name in [field.rawValue] + field.aliases { names[name] = field }
    }
    return names
  }()

  /// The field with this name or alias.
  package init?(named name: String) {
    guard let field = KnownField.byName[name.lowercased()] else { return nil }
    self = field
  }

  /// All names and aliases, sorted.
  package static let allNames = byName.keys.sorted()
}

/// The words that go with `is:`.
package enum IsWord: String, CaseIterable, Sendable {
  case span, decision, log
  case allow, deny, error
  case root, leaf, orphan, duplicate, cycle, critical, joined
  case marked, new, granted, used

  /// What a row with this word is, in one clause.
  package var help: String {
    switch self {
    case .span: "an operation with a start and a duration"
    case .decision: "an authorization check"
    case .log: "a log record"
    case .allow: "a decision that found the permission held"
    case .deny: "a decision that denied, or a caller that could not be told"
    case .error: "status error, or a check that came to no decision"
    case .root: "has no parent"
    case .leaf: "has no children"
    case .orphan: "names a parent that is not in the artifacts"
    case .duplicate: "repeats the span id of an earlier row"
    case .cycle: "its ancestors formed a cycle, cut here"
    case .critical: "on the critical path of its root"
    case .joined: "a decision that was joined to its span"
    case .marked: "you marked it"
    case .new: "not in the other run"
    case .granted: "granted by the policy"
    case .used: "its permission was used"
    }
  }

  /// Whether the program, not the index, knows which rows these are.
  package var isLabel: Bool {
    switch self {
    case .marked, .new, .granted, .used: true
    default: false
    }
  }
}
