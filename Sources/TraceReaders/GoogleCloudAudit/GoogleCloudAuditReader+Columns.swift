import TraceModel
import WireFormats

extension GoogleCloudAuditReader {
  /// Fills what all of an entry's decisions have alike.
  mutating func fillCommon(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let times = [
      (entry.value(GoogleCloudAuditField.timestamp), "timestamp"),
      (entry.value(GoogleCloudAuditField.receiveTimestamp), "receiveTimestamp"),
    ]
    if let start = time(times, bytes) {
      row.start = start
    } else {
      row.marks.insert(.timeMissing)
    }
    row.service = column(
      entry.value(GoogleCloudAuditField.serviceName), "protoPayload.serviceName", bytes, &batch)
    row.principal = principal(bytes, &batch)
    row.target = column(
      entry.value(GoogleCloudAuditField.resourceName), "protoPayload.resourceName", bytes, &batch)
    row.message = column(
      entry.value(GoogleCloudAuditField.message), "protoPayload.status.message", bytes, &batch)
    if let code = statusCode(bytes) {
      if code != 0 {
        row.reason = batch.strings.intern(GoogleCloudAuditReader.name(ofStatus: code))
      }
    } else {
      replaced("protoPayload.status.code", entry.value(GoogleCloudAuditField.code))
    }
    fillTrace(&row, bytes, &batch)
  }

  // MARK: Principal

  /// The caller as policies name it.
  ///
  /// That is the subject where the entry has one, otherwise `user:` or `serviceAccount:` before
  /// the email address.
  private mutating func principal(_ bytes: RawSpan, _ batch: inout RecordBatch) -> StringID {
    let subject = column(
      entry.value(GoogleCloudAuditField.subject),
      "protoPayload.authenticationInfo.principalSubject", bytes, &batch)
    if !subject.isEmpty { return subject }
    let email = column(
      entry.value(GoogleCloudAuditField.email),
      "protoPayload.authenticationInfo.principalEmail", bytes, &batch)
    let address = batch.strings.string(email)
    // Kubernetes' own identities stand in the same field and are no addresses.
    guard address.contains("@") else { return email }
    let isServiceAccount = address.hasSuffix(".gserviceaccount.com")
    return batch.strings.intern((isServiceAccount ? "serviceAccount:" : "user:") + address)
  }

  // MARK: Outcome

  /// The outcome of one permission check: `granted`, and what became of the call.
  mutating func outcome(granted: FieldValue, _ bytes: RawSpan) -> Outcome {
    let code = statusCode(bytes)
    switch granted.kind {
    case .true:
      // A caller without an identity cannot have been granted anything.
      guard let code, code != GoogleCloudAuditReader.unauthenticated else { return .unknown }
      return code == 0 ? .allow : .allowedThenFailed
    case .absent, .null, .false:
      return code == GoogleCloudAuditReader.unauthenticated ? .unauthenticated : .deny
    default:
      replaced("protoPayload.authorizationInfo.granted", granted)
      return .unknown
    }
  }

  /// Without a permission only a refusal can be told.
  mutating func outcomeOfUncheckedCall(_ bytes: RawSpan) -> Outcome {
    switch statusCode(bytes) {
    case GoogleCloudAuditReader.permissionDenied: .deny
    case GoogleCloudAuditReader.unauthenticated: .unauthenticated
    default: .unknown
    }
  }

  /// Who refused or allowed: IAM, or the perimeter whose refusals have a log of their own.
  func evaluator(_ bytes: RawSpan, _ batch: inout RecordBatch) -> StringID {
    let logName = entry.value(GoogleCloudAuditField.logName).string(in: bytes)
    let isPolicyLog = ["%2Fpolicy", "/policy"].contains {
      logName.hasSuffix("cloudaudit.googleapis.com" + $0)
    }
    return batch.strings.intern(isPolicyLog ? "vpc-service-controls" : "gcp-iam")
  }

  // MARK: Status

  private static let permissionDenied = 7
  private static let unauthenticated = 16

  /// The call's code, zero when it succeeded; `nil` when it cannot be read.
  private func statusCode(_ bytes: RawSpan) -> Int? {
    let code = entry.value(GoogleCloudAuditField.code)
    if code.isMissing { return 0 }
    guard code.kind == .number,
      case .whole(let magnitude, false, isExact: true) = DecimalNumber.read(bytes, code.range)
    else { return nil }
    return Int(exactly: magnitude)
  }

  /// The name that google/rpc/code.proto gives a code.
  private static func name(ofStatus code: Int) -> String {
    let names = [
      "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
      "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
      "UNAUTHENTICATED",
    ]
    return names.indices.contains(code) ? names[code] : "code \(code)"
  }

  // MARK: Trace

  /// The trace is written `projects/P/traces/ID`; the whole of it is kept as an attribute.
  private mutating func fillTrace(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    var trace = entry.value(GoogleCloudAuditField.trace)
    if trace.isString {
      let mark = Array("/traces/".utf8)
      for position in trace.range.dropLast(mark.count)
      where mark.indices.allSatisfy({ bytes.byte(at: position + $0) == mark[$0] }) {
        trace.start = position + mark.count
      }
    }
    (row.trace, row.traceText) = text.traceID(
      trace, in: bytes, into: &batch.strings, log: &log)
    (row.span, hasHashedSpan) = text.spanID(
      entry.value(GoogleCloudAuditField.spanID), in: bytes, log: &log)
  }
}
