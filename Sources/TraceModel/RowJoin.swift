/// How a decision or a log record came to its place in a trace.
package enum JoinMethod: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// It has no place: nothing in it says where it belongs. Spans are never joined.
  case none = 0
  /// By the trace id and the span id that it names.
  case span = 1
  /// By the trace id that it names; which span it belongs to is not known.
  case trace = 2
  /// By a request id that a span, or a record joined by its ids, has as well.
  case request = 3
  /// By its principal and time: the same principal is known to have been at work in the trace then.
  case principal = 4
  /// It fits several places about equally well and was left alone.
  case ambiguous = 5

  /// The word commands, queries and screens use.
  package var name: String {
    switch self {
    case .none: "none"
    case .span: "span"
    case .trace: "trace"
    case .request: "request"
    case .principal: "principal"
    case .ambiguous: "ambiguous"
    }
  }

  /// What the row was joined by, in a phrase.
  package var phrase: String {
    switch self {
    case .none: "not joined"
    case .span: "joined by trace and span id"
    case .trace: "joined by trace id"
    case .request: "joined by request id"
    case .principal: "joined by principal and time"
    case .ambiguous: "not joined: it fits several places"
    }
  }

  /// Whether the place was concluded from something else than the ids of a trace.
  package var isInferred: Bool { self == .request || self == .principal }

  /// Whether the row has a place in a trace.
  package var isJoined: Bool { self != .none && self != .ambiguous }
}

/// How a row was joined, and how sure that is.
package struct RowJoin: Hashable, BitwiseCopyable, Sendable {
  package var method: JoinMethod
  /// The confidence in the lower seven bits; the eighth says whether the run was taken over.
  private var bits: UInt8

  /// - Parameters:
  ///   - confidence: of a hundred such joins, how many should be right; at most 100.
  ///   - takesRun: whether the row named no run, and took that of the row it was joined with.
  package init(_ method: JoinMethod, confidence: UInt8, takesRun: Bool = false) {
    self.method = method
    bits = min(confidence, 100) | (takesRun ? 0x80 : 0)
  }

  package static let none = RowJoin(.none, confidence: 0)

  /// Of a hundred such joins, how many should be right: 100 where ids say so, 0 where nothing was
  /// joined.
  package var confidence: UInt8 { bits & 0x7F }

  /// Whether the row's run is that of the row it was joined with.
  package var takesRun: Bool { bits & 0x80 != 0 }
}
