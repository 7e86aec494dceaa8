import TraceModel
import WireFormats

/// One element of `authorizationInfo`, as it lies in the buffer.
struct AuthorizationCheck {
  let resource: FieldValue
  let permission: FieldValue
  let granted: FieldValue
  let permissionType: FieldValue
  let attributeService: FieldValue
  let attributeName: FieldValue
  let attributeType: FieldValue

  init(_ check: borrowing FieldReader) {
    resource = check.value(AuthorizationCheckField.resource)
    permission = check.value(AuthorizationCheckField.permission)
    granted = check.value(AuthorizationCheckField.granted)
    permissionType = check.value(AuthorizationCheckField.permissionType)
    attributeService = check.value(AuthorizationCheckField.attributeService)
    attributeName = check.value(AuthorizationCheckField.attributeName)
    attributeType = check.value(AuthorizationCheckField.attributeType)
  }
}

/// Reads Google Cloud's audit logs: log entries one a line, in arrays, or in lists.
///
/// Each permission that an entry says was checked is one decision.
package struct GoogleCloudAuditReader: DecisionReader {
  package static let descriptor = FormatDescriptor(
    name: "gcp-audit", title: "Google Cloud audit logs",
    blindSpots: [
      "reads of data, whose logs are off by default for most services",
      "which binding, role or condition granted a permission",
      "the permission to act as another service account",
      "callers of other organizations, who may be redacted",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 2)
    return keys.contains("protoPayload")
      || (keys.contains("logName") && keys.contains("insertId"))
  }

  var stream = JSONRecordStream(GoogleCloudAuditReader.outline)
  var log: ReadingLog
  var text = RecordText()
  var refusal: Refusal?

  var entry = FieldReader(GoogleCloudAuditReader.table)
  private var check = FieldReader(GoogleCloudAuditReader.checkTable)
  /// The span id is a text of no known form.
  var hasHashedSpan = false
  private var checks: [AuthorizationCheck] = []
  private var attributes = AttributeFields(GoogleCloudAuditReader.attributes)
  private var ownKeys = KnownKeys(.authz, OwnKey.names)

  private enum OwnKey: Int {
    case check, permissionType, service, resourceName, resourceType, spanID

    static let names = [
      "check", "permission_type", "target.service", "target.name", "resource_type", "span_id",
    ]
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
    checks.removeAll(keepingCapacity: true)
    _ = try entry.begin(in: bytes, at: &cursor)
    while try entry.next(in: bytes, at: &cursor) != nil { try readChecks(bytes, &cursor) }
    row.length = UInt32(clamping: cursor.position - start)
    if let other = otherKind(bytes) { return skip(other, at: row.offset) }
    if entry.hasIssues { judgeIssues(of: entry, bytes) }
    fillCommon(&row, bytes, &batch)
    if checks.isEmpty {
      addUncheckedCall(row, bytes, &batch)
    } else {
      for ordinal in checks.indices { add(checks[ordinal], ordinal, to: row, bytes, &batch) }
    }
    return isRefused(at: row.offset) ? .refused : .read
  }

  /// Why an entry is no audit log; `nil` when it is one.
  private func otherKind(_ bytes: RawSpan) -> String? {
    if entry.value(GoogleCloudAuditField.payload).isMissing {
      return "an object without protoPayload"
    }
    let type = entry.value(GoogleCloudAuditField.payloadType)
    if type.isMissing || type.isText("type.googleapis.com/google.cloud.audit.AuditLog", in: bytes) {
      return nil
    }
    return "a protoPayload that is no AuditLog"
  }

  private mutating func readChecks(
    _ bytes: RawSpan, _ cursor: inout JSONCursor
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      let value = try entry.readValue(in: bytes, at: &cursor)
      if value.kind != .null { refuse(.invalidField, "protoPayload.authorizationInfo") }
      return
    }
    while try elements.next(in: bytes, at: &cursor) {
      if try check.begin(in: bytes, at: &cursor) {
        while try check.next(in: bytes, at: &cursor) != nil {}
        if check.hasIssues { judgeIssues(of: check, bytes) }
        checks.append(AuthorizationCheck(check))
      } else {
        try check.skipValue(in: bytes, at: &cursor)
        refuse(.invalidField, "protoPayload.authorizationInfo")
      }
    }
  }

  // MARK: Rows

  /// Appends the decision that one permission check is.
  private mutating func add(
    _ check: AuthorizationCheck, _ ordinal: Int, to entryRow: RecordRow, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) {
    var row = entryRow
    row.firstAttribute = UInt32(truncatingIfNeeded: batch.attributes.count)
    let path = "protoPayload.authorizationInfo."
    row.permission = column(check.permission, path + "permission", bytes, &batch)
    row.name =
      row.permission.isEmpty
      ? column(
        entry.value(GoogleCloudAuditField.methodName), "protoPayload.methodName", bytes, &batch)
      : row.permission
    let resource = column(check.resource, path + "resource", bytes, &batch)
    let name = column(
      check.attributeName, path + "resourceAttributes.name", bytes, &batch)
    if !resource.isEmpty {
      row.target = resource
    } else if !name.isEmpty {
      row.target = name
    }
    row.outcome = outcome(granted: check.granted, bytes)
    if row.outcome != .unknown { row.evaluator = evaluator(bytes, &batch) }
    attributes.append(entry, bytes, &text, &log, to: &batch)
    append(check.attributeService, as: .service, bytes, &batch)
    append(check.attributeName, as: .resourceName, bytes, &batch)
    append(check.attributeType, as: .resourceType, bytes, &batch)
    append(check.permissionType, as: .permissionType, bytes, &batch)
    batch.attributes.append(
      RecordAttribute(
        key: ownKeys.index(of: OwnKey.check.rawValue, in: &batch),
        value: batch.strings.intern(String(ordinal)), type: .integer))
    if hasHashedSpan {
      append(entry.value(GoogleCloudAuditField.spanID), as: .spanID, bytes, &batch)
    }
    append(&row, to: &batch)
  }

  /// Appends the decision of an entry that names no permission that was checked.
  private mutating func addUncheckedCall(
    _ entryRow: RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    var row = entryRow
    row.name = column(
      entry.value(GoogleCloudAuditField.methodName), "protoPayload.methodName", bytes, &batch)
    if row.name.isEmpty { refuse(.missingField, "protoPayload.methodName") }
    row.outcome = outcomeOfUncheckedCall(bytes)
    if row.outcome != .unknown { row.evaluator = evaluator(bytes, &batch) }
    attributes.append(entry, bytes, &text, &log, to: &batch)
    if hasHashedSpan {
      append(entry.value(GoogleCloudAuditField.spanID), as: .spanID, bytes, &batch)
    }
    append(&row, to: &batch)
  }

  private mutating func append(
    _ value: FieldValue, as own: OwnKey, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    if value.isMissing { return }
    append(value, ownKeys.index(of: own.rawValue, in: &batch), bytes, &batch)
  }
}
