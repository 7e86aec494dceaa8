import TraceModel

/// The fields of a value at the top that its format does not know, held back until it is clear
/// whether the value is of the format at all.
struct ForeignFields: Sendable {
  /// How many are held back; of more, the others are as good as these.
  private static let limit = 100

  /// Something that the format knows was in the value at hand.
  var isFormatKnown = false
  private var fields: [(offset: UInt64, path: String)] = []

  /// Begins another value.
  mutating func begin() {
    isFormatKnown = false
    fields.removeAll()
  }

  /// Holds a field back; false when it has to be reported at once.
  mutating func hold(_ path: String, at offset: UInt64) -> Bool {
    if fields.count == ForeignFields.limit { return false }
    fields.append((offset, path))
    return true
  }

  /// Notes the fields as unknown; or, when there was nothing else, the whole value as `other`.
  mutating func settle(_ other: String, at start: UInt64, _ log: inout ReadingLog) -> RecordFate {
    if !isFormatKnown && !fields.isEmpty {
      fields.removeAll()
      log.note(.otherRecord, at: start, other)
      return .skipped
    }
    return report(&log)
  }

  /// Notes the fields as unknown.
  mutating func report(_ log: inout ReadingLog) -> RecordFate {
    for field in fields { log.note(.unknownField, at: field.offset, field.path) }
    fields.removeAll()
    return .part
  }
}
