package import TraceIndex

/// A permission that a call must have had although no decision about it was recorded.
package enum Inference: String, Sendable, CaseIterable, Comparable {
  /// A role was handed to a service.
  case passRole = "pass-role"
  /// A key was used by a service for the caller.
  case keyUse = "key-use"
  /// Tags were set on what was created.
  case tagOnCreate = "tag-on-create"
  /// Something was missing, and the caller was told so.
  case listing = "listing"
  /// The session was given tags or a source identity.
  case sessionTags = "session-tags"
  /// A request was made in another's name.
  case impersonate = "impersonate"
  /// An object was made by writing to it.
  case createOnWrite = "create-on-write"
  /// A token was made for another's service account.
  case tokenDelegation = "token-delegation"

  /// One clause, without a full stop.
  package var reason: String {
    switch self {
    case .passRole: "the call hands a role to a service, for which no event is written"
    case .keyUse: "the call has a service use this key, which may be written nowhere"
    case .tagOnCreate: "the call sets tags on what it creates, for which no event is written"
    case .listing:
      "the call was told that the object is missing, which only those learn who may list the bucket"
    case .sessionTags: "the session got tags or a source identity, for which no event is written"
    case .impersonate: "the request was made in another's name, which is not logged as a decision"
    case .createOnWrite:
      "the patch or update made the object (201), which takes a second, unlogged check"
    case .tokenDelegation:
      "the call was made with a token of another service account, which may be logged elsewhere"
    }
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One permission that a call asked for.
package struct PermissionRequest: Sendable, Equatable {
  package let key: PermissionKey
  /// Nil when the decision was recorded for it.
  package let inference: Inference?
}

/// What one decision counts for, and what it was about.
package struct DecisionReading: Sendable, Equatable {
  package let treatment: DecisionTreatment
  /// What was granted or denied; nothing when it is not known or does not matter.
  package let requests: [PermissionRequest]
}

/// Says what decisions ask for in a dialect.
///
/// Rows that agree in what is named here, and in mode, outcome, reason, principal, permission and
/// resource, are read alike: one of them is read for all.
package protocol DecisionInterpreter: Sendable {
  /// The attributes of decisions that a reading depends on besides.
  var attributes: [String] { get }
  /// Whether it depends on messages.
  var readsMessages: Bool { get }
  /// Rows that are read otherwise than those that say the same.
  func exceptions(in index: TraceIndex) -> Set<Int>
  /// What a row means; nil when it is not a decision.
  func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading?
  /// The groups of the principal of `request`, one of those that a row asked for.
  func groups(of request: PermissionRequest, row: Int, in index: TraceIndex) -> [Name]
}

extension DecisionInterpreter {
  package var readsMessages: Bool { false }

  package func groups(of request: PermissionRequest, row: Int, in index: TraceIndex) -> [Name] {
    []
  }

  package func exceptions(in index: TraceIndex) -> Set<Int> { [] }
}

/// Takes decisions for just what their columns say.
struct RecordedDecisions: DecisionInterpreter {
  private let rules: [ObjectIdentifier: DecisionRules]

  init(_ indexes: [TraceIndex], principal: Name?) {
    rules = Dictionary(
      indexes.map { (ObjectIdentifier($0), DecisionRules(index: $0, principal: principal)) },
      uniquingKeysWith: { first, _ in first })
  }

  var attributes: [String] { [] }

  func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading? {
    rules[ObjectIdentifier(index)]?.treatment(ofRow: row).map {
      DecisionReading(
        treatment: $0,
        requests: [PermissionRequest(key: index.permissionKey(ofRow: row), inference: nil)])
    }
  }
}
