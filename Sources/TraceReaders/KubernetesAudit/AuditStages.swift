import TraceModel

/// The moment of a request at which its audit event was written, in the order of a request.
enum AuditStage: UInt8, CaseIterable {
  case requestReceived, responseStarted, responseComplete, panic

  var name: StaticString {
    switch self {
    case .requestReceived: "RequestReceived"
    case .responseStarted: "ResponseStarted"
    case .responseComplete: "ResponseComplete"
    case .panic: "Panic"
    }
  }
}

/// The stages that a request's row has been made from.
struct AuditStageSet: Equatable {
  private var bits: UInt8 = 0

  init(_ stage: AuditStage) { insert(stage) }

  func contains(_ stage: AuditStage) -> Bool { bits & (1 << stage.rawValue) != 0 }

  mutating func insert(_ stage: AuditStage) { bits |= 1 << stage.rawValue }

  /// Whether `stage` comes behind all that are there.
  func isBehind(_ stage: AuditStage) -> Bool { bits < 1 << stage.rawValue }

  /// The names, in the order of a request, such as `RequestReceived,ResponseComplete`.
  var text: String {
    AuditStage.allCases.filter(contains).map(\.name.description).joined(separator: ",")
  }
}

/// The requests met so far, by which the stages of one request find each other.
///
/// Stages may be far apart: a watch ends hours after it began. To bound the memory, requests are
/// kept in two generations; when the younger one is full, the older one is forgotten. A stage of
/// a request that has been forgotten becomes a row of its own.
struct AuditedRequests: Sendable {
  struct Request: Sendable {
    var row: UInt32
    var stages: AuditStageSet
  }

  /// How many requests a generation holds: at least so many are remembered, at most twice.
  static let generationSize = 1 << 18

  private let generationSize: Int
  private var younger: [StringID: Request] = [:]
  private var older: [StringID: Request] = [:]

  init(generationSize: Int = generationSize) { self.generationSize = generationSize }

  /// The last request with an audit id.
  func request(_ auditID: StringID) -> Request? { younger[auditID] ?? older[auditID] }

  mutating func remember(_ request: Request, as auditID: StringID) {
    if younger.count >= generationSize && younger[auditID] == nil {
      older = younger
      younger = [:]
    }
    younger[auditID] = request
  }
}
