/// Why a record, or a part of it, could not be understood, or was understood only in part.
///
/// The raw value is the stable name used in JSON output and in the index.
package enum DiagnosticCode: String, Sendable, CaseIterable {
  /// The bytes are not JSON.
  case malformedJSON = "malformed-json"
  /// The bytes are not a protobuf message.
  case malformedProtobuf = "malformed-protobuf"
  /// The bytes are not XML, or XML that is not safe to read.
  case malformedXML = "malformed-xml"
  /// A record or the whole artifact ends before it is complete.
  case truncated = "truncated"
  /// Text must be UTF-8.
  case invalidUTF8 = "invalid-utf8"
  /// A lone surrogate was replaced by U+FFFD.
  case loneSurrogate = "lone-surrogate"
  /// A required field is not there.
  case missingField = "missing-field"
  /// A field has a value of the wrong type or outside its range.
  case invalidField = "invalid-field"
  /// A field appears twice in one object.
  case duplicateField = "duplicate-field"
  /// A value that cannot be used as it is was left out or replaced; the record was read.
  case replacedValue = "replaced-value"
  /// A field that this version does not know; it was passed over.
  case unknownField = "unknown-field"
  /// The schema's major version is not known; the record was refused.
  case unsupportedSchema = "unsupported-schema"
  /// The schema's minor version is newer than this program.
  case newerSchema = "newer-schema"
  /// A well-formed record of a kind that is not read.
  case otherRecord = "other-record"
  /// No reader knows this artifact's format.
  case unknownFormat = "unknown-format"
  /// The file could not be read.
  case unreadable = "unreadable"
  /// Compressed data or an archive is damaged; what lies behind the damage is lost.
  case damaged
  /// Objects are nested deeper than the reader's limit.
  case nestingTooDeep = "nesting-too-deep"
  /// One record is larger than the reader's limit.
  case recordTooLarge = "record-too-large"

  /// How much was lost.
  package var severity: DiagnosticSeverity {
    switch self {
    case .malformedJSON, .malformedProtobuf, .malformedXML, .truncated, .invalidUTF8,
      .missingField, .invalidField, .unsupportedSchema, .unknownFormat, .unreadable, .damaged,
      .nestingTooDeep, .recordTooLarge:
      .refused
    case .loneSurrogate, .duplicateField, .replacedValue, .newerSchema: .partial
    case .unknownField, .otherRecord: .skipped
    }
  }

  /// One clause that a person can read, without a full stop.
  package var meaning: String {
    switch self {
    case .malformedJSON: "not valid JSON"
    case .malformedXML: "not valid XML, or XML with entities"
    case .malformedProtobuf: "not a valid protobuf message"
    case .truncated: "ends before it is complete"
    case .invalidUTF8: "text that is not UTF-8"
    case .loneSurrogate: "half of a surrogate pair, shown as U+FFFD"
    case .missingField: "a required field is missing"
    case .invalidField: "a field's value cannot be used"
    case .duplicateField: "a field appears twice"
    case .replacedValue: "a value that was left out or replaced"
    case .unknownField: "a field this version does not know"
    case .unsupportedSchema: "a schema version this program cannot read"
    case .newerSchema: "a newer schema version, read as far as it is known"
    case .otherRecord: "a record of a kind that is not read"
    case .unknownFormat: "no known format"
    case .unreadable: "the file cannot be read"
    case .damaged: "damaged; what lies behind is lost"
    case .nestingTooDeep: "nested too deeply"
    case .recordTooLarge: "a record larger than the limit"
    }
  }
}

/// How much of a record a diagnostic cost.
package enum DiagnosticSeverity: UInt8, Sendable, Comparable {
  /// Nothing that this program would have used.
  case skipped = 0
  /// The record was read, something in it was replaced or ambiguous.
  case partial = 1
  /// The record was not read.
  case refused = 2

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One thing that was not understood, with the place where it is.
package struct Diagnostic: Sendable, Equatable {
  package var code: DiagnosticCode
  /// The index of the artifact.
  package var artifact: UInt32
  /// Where it begins in the artifact, in bytes from 0.
  package var offset: UInt64
  /// What exactly: the field's name or the parser's complaint, in the artifact's own bytes.
  package var detail: String

  package init(_ code: DiagnosticCode, artifact: UInt32, offset: UInt64, detail: String = "") {
    self.code = code
    self.artifact = artifact
    self.offset = offset
    self.detail = detail
  }
}

/// All diagnostics of an execution: each kind is counted, and the first of each are kept.
///
/// A file of a million bad lines costs a million counts and `keptPerKind` entries.
package struct DiagnosticLog: Sendable {
  /// How many occurrences of one (artifact, code, detail) keep their place.
  package static let keptPerKind = 1_000
  /// How many kinds an artifact may have before further details of a code are counted together.
  package static let kindsPerArtifact = 1_000
  private static let furtherDetails = "and others"

  /// One kind of diagnostic in one artifact.
  package struct Kind: Hashable, Sendable {
    package var artifact: UInt32
    package var code: DiagnosticCode
    package var detail: String

    package init(artifact: UInt32, code: DiagnosticCode, detail: String) {
      self.artifact = artifact
      self.code = code
      self.detail = detail
    }
  }

  /// A kind with its count and the offset of its first occurrence.
  package struct Tally: Sendable, Equatable {
    package var count: UInt64
    package var firstOffset: UInt64

    package init(count: UInt64, firstOffset: UInt64) {
      self.count = count
      self.firstOffset = firstOffset
    }
  }

  /// In order of appearance; at most `keptPerKind` for a kind.
  package private(set) var kept: [Diagnostic] = []
  package private(set) var tallies: [Kind: Tally] = [:]
  /// Kinds in order of first appearance.
  package private(set) var kinds: [Kind] = []
  private var kindsOfArtifact: [UInt32: Int] = [:]

  package init() {}

  /// Adds `times` occurrences; of several at once only the first one's place is kept.
  package mutating func add(_ diagnostic: Diagnostic, times: UInt64 = 1) {
    let kind = Kind(
      artifact: diagnostic.artifact, code: diagnostic.code, detail: diagnostic.detail)
    if let index = tallies.index(forKey: kind) {
      tallies.values[index].count += times
      let isKept = times == 1 && tallies.values[index].count <= UInt64(DiagnosticLog.keptPerKind)
      if isKept { kept.append(diagnostic) }
    } else if kindsOfArtifact[kind.artifact, default: 0] < DiagnosticLog.kindsPerArtifact
      || diagnostic.detail == DiagnosticLog.furtherDetails
    {
      restore(kind, Tally(count: times, firstOffset: diagnostic.offset))
      kept.append(diagnostic)
    } else {
      var diagnostic = diagnostic
      diagnostic.detail = DiagnosticLog.furtherDetails
      add(diagnostic, times: times)
    }
  }
}

extension DiagnosticLog {
  /// Puts back a kind with its count, in the order of calls: for reading a stored log.
  package mutating func restore(_ kind: Kind, _ tally: Tally) {
    if tallies.updateValue(tally, forKey: kind) == nil {
      kinds.append(kind)
      kindsOfArtifact[kind.artifact, default: 0] += 1
    }
  }

  /// Puts back one kept diagnostic: for reading a stored log.
  package mutating func restore(_ diagnostic: Diagnostic) {
    kept.append(diagnostic)
  }

  /// Forgets everything about an artifact.
  package mutating func forget(artifact: UInt32) {
    kept.removeAll { $0.artifact == artifact }
    kinds.removeAll { $0.artifact == artifact }
    tallies = tallies.filter { $0.key.artifact != artifact }
    kindsOfArtifact[artifact] = nil
  }

  /// How many diagnostics of a severity there were, kept or not.
  package func count(_ severity: DiagnosticSeverity) -> UInt64 {
    tallies.reduce(0) { $1.key.code.severity == severity ? $0 + $1.value.count : $0 }
  }
}
