/// What a row of an execution is.
package enum RowKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// An operation with a start and a duration (OpenTelemetry's span).
  case span = 0
  /// One authorization check.
  case decision = 1
  /// A log record that carries a trace id.
  case log = 2

  /// The word commands, queries and screens use.
  package var name: String {
    switch self {
    case .span: "span"
    case .decision: "decision"
    case .log: "log"
    }
  }
}

/// A span's role in a call, as OpenTelemetry numbers it (opentelemetry/proto/trace/v1, SpanKind).
package enum SpanKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case unspecified = 0
  case `internal` = 1
  case server = 2
  case client = 3
  case producer = 4
  case consumer = 5

  package var name: String {
    switch self {
    case .unspecified: "unspecified"
    case .internal: "internal"
    case .server: "server"
    case .client: "client"
    case .producer: "producer"
    case .consumer: "consumer"
    }
  }
}

/// A span's status, as OpenTelemetry numbers it (StatusCode).
package enum SpanStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case unset = 0
  case ok = 1
  case error = 2

  package var name: String {
    switch self {
    case .unset: "unset"
    case .ok: "ok"
    case .error: "error"
    }
  }
}

/// What an authorization check came to.
///
/// Only `allow` and `allowedThenFailed` show that a permission was held; everything else never
/// grants. `error` means that no decision was made.
package enum Outcome: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// The row is not a decision.
  case none = 0
  case allow = 1
  case deny = 2
  case error = 3
  case allowedThenFailed = 4
  case unknown = 5
  case unauthenticated = 6

  package var name: String {
    switch self {
    case .none: "none"
    case .allow: "allow"
    case .deny: "deny"
    case .error: "error"
    case .allowedThenFailed: "allowed-then-failed"
    case .unknown: "unknown"
    case .unauthenticated: "unauthenticated"
    }
  }
}

/// Facts about a row's place in its trace, found while the tree is built, as bits of a 16-bit set.
package struct RowMarks: OptionSet, Hashable, BitwiseCopyable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The row has no parent in its trace.
  package static let root = RowMarks(rawValue: 1 << 0)
  /// The row names a parent that is not among the artifacts; it is shown at the top level.
  package static let orphan = RowMarks(rawValue: 1 << 1)
  /// An earlier row of the trace has the same span id; children belong to the earlier one.
  ///
  /// Of a client and a server with one id, the server has the mark and the children.
  package static let duplicate = RowMarks(rawValue: 1 << 2)
  /// The row's ancestors form a cycle, which was cut above this row.
  package static let cycle = RowMarks(rawValue: 1 << 3)
  /// The row has no children.
  package static let leaf = RowMarks(rawValue: 1 << 4)
  /// The row lies on its root's critical path.
  package static let critical = RowMarks(rawValue: 1 << 5)
  /// A row below this one failed.
  package static let errorBelow = RowMarks(rawValue: 1 << 6)
  /// A decision below this row was denied.
  package static let denyBelow = RowMarks(rawValue: 1 << 7)
  /// The artifact's end time lies before its start time; the duration is zero.
  package static let endBeforeStart = RowMarks(rawValue: 1 << 8)
  /// The artifact gives no usable start time.
  package static let timeMissing = RowMarks(rawValue: 1 << 9)
  /// The decision was joined to the span it was made in, by trace id and span id.
  package static let joined = RowMarks(rawValue: 1 << 10)
  /// The artifact gives no end time, or the span never ended.
  package static let endMissing = RowMarks(rawValue: 1 << 11)
}

/// The type an attribute's value had in the artifact; the value itself is kept as text.
package enum ValueType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case string = 0
  case integer = 1
  case double = 2
  case boolean = 3
  /// Base64 text, as OTLP/JSON writes bytes.
  case bytes = 4
  /// Compact JSON text of an array or of key-value pairs.
  case structure = 5
  /// The attribute was there and had no value.
  case empty = 6
}

/// Where an attribute belongs; the scopes of the query language.
package enum AttributeScope: UInt8, Sendable, CaseIterable {
  case span = 0
  case resource = 1
  case event = 2
  case link = 3
  /// Fields of an authorization event that have no column of their own.
  case authz = 4
  /// The instrumentation scope (library) of a span.
  case scope = 5

  package var name: String {
    switch self {
    case .span: "span"
    case .resource: "resource"
    case .event: "event"
    case .link: "link"
    case .authz: "authz"
    case .scope: "scope"
    }
  }
}
