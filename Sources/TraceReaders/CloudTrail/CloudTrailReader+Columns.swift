import TraceModel
import WireFormats

extension CloudTrailReader {
  /// What CloudTrail writes in place of a value that it must not record.
  private static let redacted: StaticString = "HIDDEN_DUE_TO_SECURITY_REASONS"

  /// Whether a value is a name, and neither empty nor redacted.
  private func isName(_ value: FieldValue, _ bytes: RawSpan) -> Bool {
    value.isString && !value.range.isEmpty && !value.isText(CloudTrailReader.redacted, in: bytes)
  }

  // MARK: Principal

  /// Who is granted or refused: of a role's session the role, otherwise the best name there is.
  mutating func principal(_ bytes: RawSpan, _ batch: inout RecordBatch) -> StringID {
    let type = event.value(CloudTrailField.identityType)
    let role = event.value(CloudTrailField.issuerARN)
    let isRoleSession =
      type.isText("AssumedRole", in: bytes)
      || (type.isMissing && event.value(CloudTrailField.issuerType).isText("Role", in: bytes))
    var candidates: [(CloudTrailField, String)] = [
      (.arn, "userIdentity.arn"), (.principalID, "userIdentity.principalId"),
      (.onBehalfOfUser, "userIdentity.onBehalfOf.userId"),
      (.userName, "userIdentity.userName"),
    ]
    if isRoleSession && isName(role, bytes) {
      candidates.insert((.issuerARN, "userIdentity.sessionContext.sessionIssuer.arn"), at: 0)
    } else if type.isMissing || type.isText("AWSService", in: bytes) {
      candidates.insert((.invokedBy, "userIdentity.invokedBy"), at: 0)
    }
    for (field, path) in candidates {
      let value = event.value(field)
      if !value.isMissing && !value.isString { refuse(.invalidField, path) }
      if isName(value, bytes) { return intern(value, bytes, &batch) }
    }
    return .empty
  }

  // MARK: Target

  /// What the call is about: the most specific resource the event names, otherwise a request
  /// parameter that is known to name it.
  mutating func target(
    of action: CloudTrailActions.Entry, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if let resource = mostSpecificResource(bytes) {
      note("resources", asSourceOfTargetIn: &batch)
      return intern(resource, bytes, &batch)
    }
    guard hasParameters, parameters.value(CloudTrailParameters.omitted).isMissing else {
      return .empty
    }
    if action.service == "s3" { return bucketOrObject(bytes, &batch) }
    for number in action.parameters {
      let value = parameters.value(number)
      if !isName(value, bytes) { continue }
      note(
        "requestParameters." + CloudTrailParameters.names[number], asSourceOfTargetIn: &batch)
      return intern(value, bytes, &batch)
    }
    return .empty
  }

  /// The first resource, or a later one whose ARN goes on where that one's ends: an object after
  /// its bucket.
  private func mostSpecificResource(_ bytes: RawSpan) -> FieldValue? {
    var best: FieldValue?
    for resource in resources where isName(resource, bytes) {
      guard let found = best else {
        best = resource
        continue
      }
      let text = resource.decodedText(in: bytes)
      let prefix = found.decodedText(in: bytes)
      if text.count > prefix.count && text.starts(with: prefix) { best = resource }
    }
    return best
  }

  /// S3's names are unique in a partition, so bucket and key make the ARN.
  private mutating func bucketOrObject(
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    let bucket = parameters.value(CloudTrailParameters.bucketName)
    let key = parameters.value(CloudTrailParameters.key)
    guard isName(bucket, bytes), key.isMissing || isName(key, bytes) else { return .empty }
    let name = bucket.decodedText(in: bytes)
    let isAccessPoint = name.starts(with: "arn:".utf8)
    var arn: [UInt8] = []
    if !isAccessPoint { arn += Array("arn:\(partition(bytes)):s3:::".utf8) }
    arn += name
    if !key.isMissing {
      arn += Array((isAccessPoint ? "/object/" : "/").utf8) + key.decodedText(in: bytes)
    }
    note("requestParameters.bucketName", asSourceOfTargetIn: &batch)
    return batch.strings.intern(arn.span.bytes)
  }

  private func partition(_ bytes: RawSpan) -> String {
    let region = event.value(CloudTrailField.region).string(in: bytes)
    let partitions = [
      ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"),
      ("us-isob-", "aws-iso-b"), ("eusc-", "aws-eusc"),
    ]
    return partitions.first { region.hasPrefix($0.0) }?.1 ?? "aws"
  }

  private mutating func note(_ source: String, asSourceOfTargetIn batch: inout RecordBatch) {
    batch.attributes.append(
      RecordAttribute(
        key: ownKeys.index(of: OwnKey.targetSource.rawValue, in: &batch),
        value: batch.strings.intern(source), type: .string))
  }

  // MARK: Outcome

  /// An event without an error is a call that was allowed; events that are no calls of an API
  /// decide nothing.
  mutating func fillOutcome(
    _ row: inout RecordRow, of action: CloudTrailActions.Entry, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) {
    let type = event.value(CloudTrailField.eventType)
    let code = column(event.value(CloudTrailField.errorCode), "errorCode", bytes, &batch)
    let message = column(event.value(CloudTrailField.errorMessage), "errorMessage", bytes, &batch)
    row.message = message
    row.reason = code
    row.outcome = .unknown
    if !type.isMissing && !type.isText("AwsApiCall", in: bytes) {
      row.reason = column(type, "eventType", bytes, &batch)
      let isFailedSignIn = type.isText("AwsConsoleSignIn", in: bytes) && !message.isEmpty
      if isFailedSignIn { row.outcome = .unauthenticated }
      return
    }
    if code.isEmpty && message.isEmpty {
      if action.needsPermission { row.outcome = .allow }
    } else {
      row.outcome = CloudTrailOutcome.outcome(
        errorCode: batch.strings.string(code), message: batch.strings.string(message))
    }
    if !action.needsPermission {
      if code.isEmpty { row.reason = batch.strings.intern("needs no permission") }
      if row.outcome == .allowedThenFailed { row.outcome = .unknown }
    }
    if row.outcome != .unknown { row.evaluator = batch.strings.intern("aws-iam") }
  }
}
