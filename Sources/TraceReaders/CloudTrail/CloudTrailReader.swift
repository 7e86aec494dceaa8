import TraceModel
import WireFormats

/// Reads AWS CloudTrail events, each of which is one decision.
///
/// They come in log files, arrays, JSON Lines, EventBridge's envelopes, and in what
/// `LookupEvents` returns.
package struct CloudTrailReader: DecisionReader {
  package static let descriptor = FormatDescriptor(
    name: "cloudtrail", title: "AWS CloudTrail",
    schemaVersions: .numbered(major: 1, newestMinor: newestMinor),
    blindSpots: [
      "iam:PassRole, iam:CreateServiceLinkedRole, sts:TagSession and tags set on creation: they have no event",
      "second permissions of one call, such as reading the source of a copy",
      "calls on data, unless the trail was told to log them", "which policy or condition decided",
    ])

  /// The newest version is 1.11.
  private static let newestMinor: UInt32 = 11

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 2)
    if keys.contains("CloudTrailEvent") { return true }
    // S3's and DynamoDB's notifications have the first two as well.
    return keys.contains("eventSource") && keys.contains("eventName")
      && ["eventType", "sourceIPAddress", "requestID"].contains { keys.contains($0) }
  }

  var stream = JSONRecordStream(CloudTrailReader.outline)
  var log: ReadingLog
  var text = RecordText()
  var refusal: Refusal?

  var event = FieldReader(CloudTrailReader.table)
  var parameters = FieldReader(CloudTrailParameters.table)
  var hasParameters = false
  private var resource = FieldReader(CloudTrailReader.resourceTable)
  /// The ARNs of the event's `resources`.
  var resources: [FieldValue] = []
  private var attributes = AttributeFields(CloudTrailReader.attributes)
  private var resourceAttributes = AttributeFields(CloudTrailReader.resourceAttributes)
  var ownKeys = KnownKeys(.authz, OwnKey.names)
  var actions = CloudTrailActions()
  private var schemaVersion = StringID.empty

  enum OwnKey: Int {
    case requestParameters, targetSource

    static let names = ["request_parameters", "target_source"]
  }

  package init(artifact: UInt32) {
    log = ReadingLog(artifact: artifact)
  }

  // MARK: Records

  mutating func readRecord(
    _ kind: Int, in bytes: RawSpan, at cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    let start = cursor.position
    var row = beginDecision(at: start, in: batch)
    text.isEmbedded = false
    try readFields(bytes, &cursor, &batch)
    row.length = UInt32(clamping: cursor.position - start)
    let embedded = event.value(CloudTrailField.embeddedEvent)
    guard embedded.isString else { return judge(&row, bytes, &batch) }
    if event.hasIssues { judgeIssues(of: event, bytes) }
    return readEmbedded(embedded.decodedText(in: bytes), of: &row, &batch)
  }

  /// Reads an event that an envelope holds as the text of a string.
  private mutating func readEmbedded(
    _ json: [UInt8], of row: inout RecordRow, _ batch: inout RecordBatch
  ) -> RecordFate {
    let bytes = json.span.bytes
    text.base = row.offset
    text.isEmbedded = true
    var cursor = JSONCursor()
    do throws(JSONFault) {
      try JSONDocument.check(bytes)
      guard json.first == UInt8(ascii: "{") else {
        throw JSONFault(.expectedValue, at: 0)
      }
      try readFields(bytes, &cursor, &batch)
    } catch {
      refuse(.invalidField, "CloudTrailEvent is no JSON object: \(error.explanation(in: bytes))")
      return isRefused(at: row.offset) ? .refused : .read
    }
    return judge(&row, bytes, &batch)
  }

  private mutating func readFields(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    hasParameters = false
    resources.removeAll(keepingCapacity: true)
    _ = try event.begin(in: bytes, at: &cursor)
    while let field = try event.next(in: bytes, at: &cursor) {
      if field == CloudTrailField.requestParameters.rawValue {
        try readParameters(bytes, &cursor, &batch)
      } else {
        try readResources(bytes, &cursor, &batch)
      }
    }
  }

  private mutating func readParameters(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    let start = cursor.position
    var value: FieldValue
    if try parameters.begin(in: bytes, at: &cursor) {
      while try parameters.next(in: bytes, at: &cursor) != nil {}
      value = FieldValue(.object, from: start, to: cursor.position)
      hasParameters = true
      for issue in parameters.issues where issue.kind == .duplicate {
        refuse(.duplicateField, parameters.path(of: issue, in: bytes))
      }
    } else {
      value = try parameters.readValue(in: bytes, at: &cursor)
    }
    if value.isMissing { return }
    append(value, ownKeys.index(of: OwnKey.requestParameters.rawValue, in: &batch), bytes, &batch)
  }

  private mutating func readResources(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      let value = try event.readValue(in: bytes, at: &cursor)
      if value.kind != .null { refuse(.invalidField, "resources") }
      return
    }
    var ordinal: UInt32 = 0
    while try elements.next(in: bytes, at: &cursor) {
      if try resource.begin(in: bytes, at: &cursor) {
        while try resource.next(in: bytes, at: &cursor) != nil {}
        if resource.hasIssues { judgeIssues(of: resource, bytes) }
        resourceAttributes.append(resource, item: ordinal, bytes, &text, &log, to: &batch)
        resources.append(resource.value(CloudTrailResourceField.arn))
      } else {
        try resource.skipValue(in: bytes, at: &cursor)
        refuse(.invalidField, "resources")
      }
      ordinal &+= 1
    }
  }

  // MARK: The row

  /// Fills the row from the event's fields, or says why there is none.
  private mutating func judge(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> RecordFate {
    let source = event.value(CloudTrailField.eventSource)
    let name = event.value(CloudTrailField.eventName)
    if source.isMissing && name.isMissing {
      return skip("an object that is no CloudTrail event", at: row.offset)
    }
    judgeVersion(bytes, &batch)
    if event.hasIssues { judgeIssues(of: event, bytes) }
    let sourceID = column(source, "eventSource", bytes, &batch)
    let nameID = column(name, "eventName", bytes, &batch)
    if sourceID.isEmpty { refuse(.missingField, "eventSource") }
    if nameID.isEmpty { refuse(.missingField, "eventName") }
    let action = actions.action(source: sourceID, event: nameID, in: &batch)
    row.service = sourceID
    row.permission = action.permission
    row.name = action.permission
    fillTime(&row, bytes)
    row.principal = principal(bytes, &batch)
    row.target = target(of: action, bytes, &batch)
    fillOutcome(&row, of: action, bytes, &batch)
    attributes.append(event, bytes, &text, &log, to: &batch)
    if isRefused(at: row.offset) { return .refused }
    append(&row, to: &batch)
    return .read
  }

  private mutating func fillTime(_ row: inout RecordRow, _ bytes: RawSpan) {
    if let time = time([(event.value(CloudTrailField.eventTime), "eventTime")], bytes) {
      row.start = time
    } else {
      row.marks.insert(.timeMissing)
    }
  }

  private mutating func judgeVersion(_ bytes: RawSpan, _ batch: inout RecordBatch) {
    let value = event.value(CloudTrailField.eventVersion)
    if value.isMissing { return }
    let id = intern(value, bytes, &batch)
    if id == schemaVersion { return }
    let version = batch.strings.string(id)
    let verdict =
      value.isString ? CloudTrailReader.descriptor.schemaVersions.judge(version) : .malformed
    switch verdict {
    case .malformed: return replaced("eventVersion", value)
    case .unsupported: return refuse(.unsupportedSchema, "eventVersion \(version)")
    case .known: schemaVersion = id
    case .newer:
      log.note(.newerSchema, at: text.offset(of: value.start), "eventVersion \(version)")
    }
    log.note(schemaVersion: version)
  }
}

/// The permissions of the calls met so far, so that each is worked out once.
struct CloudTrailActions: Sendable {
  struct Entry: Sendable {
    let permission: StringID
    let service: String
    let needsPermission: Bool
    /// The request parameters that name what the call is about.
    let parameters: [Int]
  }

  private struct Key: Hashable {
    let source: StringID
    let event: StringID
  }

  private var entries: [Key: Entry] = [:]

  mutating func action(
    source: StringID, event: StringID, in batch: inout RecordBatch
  ) -> Entry {
    let key = Key(source: source, event: event)
    if let entry = entries[key] { return entry }
    let action = CloudTrailAction(
      source: batch.strings.string(source), event: batch.strings.string(event))
    let entry = Entry(
      permission: batch.strings.intern(action.permission), service: action.service,
      needsPermission: action.needsPermission,
      parameters: CloudTrailParameters.numbers(ofService: action.service))
    entries[key] = entry
    return entry
  }
}
