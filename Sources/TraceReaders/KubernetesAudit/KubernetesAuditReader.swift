import TraceModel
import WireFormats

/// Reads the audit log of a Kubernetes API server: events one a line, in arrays, or in lists.
///
/// The stages of one request are one decision.
package struct KubernetesAuditReader: DecisionReader {
  package static let descriptor = FormatDescriptor(
    name: "kubernetes-audit", title: "Kubernetes audit log",
    schemaVersions: .named(["audit.k8s.io/v1", "audit.k8s.io/v1beta1"]),
    blindSpots: [
      "the permission to impersonate, which is only told by the attributes",
      "second checks inside a request: create behind a patch, bind and escalate on roles",
      "requests that the audit policy leaves out", "which binding allowed system:masters",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 2)
    let isAudit =
      keys.contains("auditID")
      && ["stage", "verb", "requestURI"].contains { keys.contains($0) }
    // Reviews are no audit events, but whoever takes them for such has to be told.
    let isReview = ["request", "userInfo", "operation", "uid"].allSatisfy { keys.contains($0) }
    return isAudit || isReview
  }

  var stream = JSONRecordStream(KubernetesAuditReader.outline)
  var log: ReadingLog
  var text = RecordText()
  var refusal: Refusal?

  var event = FieldReader(KubernetesAuditReader.table)
  var userGroups: [FieldValue] = []
  var impersonatedGroups: [FieldValue] = []
  private var sourceIPs: [FieldValue] = []
  var annotations = AuditAnnotations()
  private var attributes = AttributeFields(KubernetesAuditReader.attributes)
  private var ownKeys = KnownKeys(.authz, OwnKey.names)
  private var requests = AuditedRequests()
  private var notedVersion: StringID?

  private enum OwnKey: Int {
    case stages, sourceIP, groups, userUID, userExtra
    case impersonator, impersonatorGroups, impersonatorUID, impersonatorExtra

    static let names = [
      "stages", "source_ip", "groups", "principal_uid", "principal_extra", "impersonator",
      "impersonator_groups", "impersonator_uid", "impersonator_extra",
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
    userGroups.removeAll(keepingCapacity: true)
    impersonatedGroups.removeAll(keepingCapacity: true)
    sourceIPs.removeAll(keepingCapacity: true)
    _ = try event.begin(in: bytes, at: &cursor)
    while let field = try event.next(in: bytes, at: &cursor) {
      guard let list = try event.readList(in: bytes, at: &cursor) else {
        refuse(.invalidField, KubernetesAuditField(rawValue: field)?.listPath ?? "")
        continue
      }
      switch KubernetesAuditField(rawValue: field) {
      case .userGroups: userGroups = list
      case .impersonatedGroups: impersonatedGroups = list
      default: sourceIPs = list
      }
    }
    row.length = UInt32(clamping: cursor.position - start)
    return judge(&row, bytes, &batch)
  }

  /// Makes the event a row, or part of the row of its request, or says why it is neither.
  private mutating func judge(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> RecordFate {
    if let other = otherKind(bytes) { return skip(other, at: row.offset) }
    judgeVersion(bytes, &batch)
    if event.hasIssues { judgeIssues(of: event, bytes) }
    let stage = stage(bytes)
    let auditID = column(event.value(KubernetesAuditField.auditID), "auditID", bytes, &batch)
    if auditID.isEmpty { refuse(.missingField, "auditID") }
    let stages = append(OwnKey.stages, batch.strings.intern(stage.name.description), &batch)
    annotations.read(event.value(KubernetesAuditField.annotations), in: bytes)
    fillTimes(&row, bytes)
    fillColumns(&row, bytes, &batch)
    appendAttributes(bytes, &batch)
    if isRefused(at: row.offset) { return .refused }
    return settle(&row, stages: stages, stage, of: auditID, &batch)
  }

  /// Why an object is no audit event; `nil` when it is one.
  private func otherKind(_ bytes: RawSpan) -> String? {
    let kind = event.value(KubernetesAuditField.kind)
    if kind.isText("AdmissionReview", in: bytes) {
      return "an AdmissionReview, which tells what was asked of a webhook and is no audit event"
    }
    if !kind.isMissing && !kind.isText("Event", in: bytes) {
      return "an object of another kind than Event"
    }
    let signs: [KubernetesAuditField] = [.auditID, .stage, .verb, .requestURI]
    return signs.allSatisfy { event.value($0).isMissing } ? "an object that is no audit event" : nil
  }

  /// Puts a row in its place: a new one, or that of the request's earlier stage.
  private mutating func settle(
    _ row: inout RecordRow, stages: Int, _ stage: AuditStage, of auditID: StringID,
    _ batch: inout RecordBatch
  ) -> RecordFate {
    // Clients may choose the audit id, so that alone does not make two events one request.
    guard var request = requests.request(auditID), !request.stages.contains(stage),
      batch.rows[Int(request.row)].start == row.start,
      batch.rows[Int(request.row)].permission == row.permission
    else {
      let number = UInt32(truncatingIfNeeded: batch.rows.count)
      requests.remember(.init(row: number, stages: AuditStageSet(stage)), as: auditID)
      append(&row, to: &batch)
      return .read
    }
    log.note(.otherRecord, at: row.offset, "another stage of a request that is one decision")
    let isLatest = request.stages.isBehind(stage)
    request.stages.insert(stage)
    let names = batch.strings.intern(request.stages.text)
    requests.remember(request, as: auditID)
    guard isLatest else {
      // The row's first attribute is its stages.
      batch.attributes[Int(batch.rows[Int(request.row)].firstAttribute)].value = names
      return .skipped
    }
    batch.attributes[stages].value = names
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows[Int(request.row)] = row
    return .merged
  }

  // MARK: What an event must have

  private mutating func judgeVersion(_ bytes: RawSpan, _ batch: inout RecordBatch) {
    let version = column(
      event.value(KubernetesAuditField.apiVersion), "apiVersion", bytes, &batch)
    if version.isEmpty || version == notedVersion { return }
    let name = batch.strings.string(version)
    guard KubernetesAuditReader.descriptor.schemaVersions.judge(name) == .known else {
      return refuse(.unsupportedSchema, "apiVersion \(name.prefix(100))")
    }
    log.note(schemaVersion: name)
    notedVersion = version
  }

  private mutating func stage(_ bytes: RawSpan) -> AuditStage {
    let value = event.value(KubernetesAuditField.stage)
    for stage in AuditStage.allCases where value.isText(stage.name, in: bytes) { return stage }
    refuse(value.isMissing ? .missingField : .invalidField, "stage")
    return .requestReceived
  }

  /// The row starts when the request was received and lasts to the stage at hand.
  private mutating func fillTimes(_ row: inout RecordRow, _ bytes: RawSpan) {
    let received = event.value(KubernetesAuditField.received)
    let staged = event.value(KubernetesAuditField.staged)
    let logged = event.value(KubernetesAuditField.timestamp)
    guard
      let start = time(
        [
          (received, "requestReceivedTimestamp"), (staged, "stageTimestamp"),
          (logged, "timestamp"),
        ], bytes)
    else { return row.marks = .timeMissing }
    row.start = start
    guard let end = time([(staged, "stageTimestamp")], bytes) else { return }
    if end < start {
      row.marks.insert(.endBeforeStart)
    } else {
      let (duration, overflow) = end.subtractingReportingOverflow(start)
      row.duration = overflow ? .max : duration
    }
  }

  // MARK: Attributes

  private mutating func appendAttributes(_ bytes: RawSpan, _ batch: inout RecordBatch) {
    attributes.append(event, bytes, &text, &log, to: &batch)
    for address in sourceIPs { append(address, key(.sourceIP, &batch), bytes, &batch) }
    let isImpersonated = self.isImpersonated
    for group in isImpersonated ? impersonatedGroups : userGroups {
      append(group, key(.groups, &batch), bytes, &batch)
    }
    append(isImpersonated ? .impersonatedUID : .userUID, as: .userUID, bytes, &batch)
    append(isImpersonated ? .impersonatedExtra : .userExtra, as: .userExtra, bytes, &batch)
    if isImpersonated {
      append(.userName, as: .impersonator, bytes, &batch)
      for group in userGroups { append(group, key(.impersonatorGroups, &batch), bytes, &batch) }
      append(.userUID, as: .impersonatorUID, bytes, &batch)
      append(.userExtra, as: .impersonatorExtra, bytes, &batch)
    }
    for (name, value) in annotations.others {
      let id = intern(name, bytes, &batch)
      append(value, batch.key(.authz, id), bytes, &batch)
    }
  }

  private mutating func append(
    _ field: KubernetesAuditField, as own: OwnKey, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let value = event.value(field)
    if !value.isMissing { append(value, key(own, &batch), bytes, &batch) }
  }

  /// Appends a text as an attribute; returns its index in the batch.
  private mutating func append(
    _ own: OwnKey, _ value: StringID, _ batch: inout RecordBatch
  ) -> Int {
    batch.attributes.append(
      RecordAttribute(key: key(own, &batch), value: value, type: .string))
    return batch.attributes.count - 1
  }

  private mutating func key(_ own: OwnKey, _ batch: inout RecordBatch) -> UInt32 {
    ownKeys.index(of: own.rawValue, in: &batch)
  }
}

extension KubernetesAuditField {
  /// The dotted path of a list.
  fileprivate var listPath: String {
    switch self {
    case .userGroups: "user.groups"
    case .impersonatedGroups: "impersonatedUser.groups"
    default: "sourceIPs"
    }
  }
}
