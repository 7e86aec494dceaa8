/// The permission that a call needs, as far as its service's and its own name tell it.
///
/// Only renames are made here. What a call needs besides, such as passing a role, no single event
/// tells.
struct CloudTrailAction: Equatable, Sendable {
  /// The service prefix of permissions, such as `cloudwatch` for `monitoring.amazonaws.com`.
  let service: String
  /// The action's name, such as `ListAllMyBuckets` for `ListBuckets`.
  let name: String
  /// Calls that every identity may make, whatever its policies say.
  let needsPermission: Bool

  var permission: String { service + ":" + name }

  /// - Parameters:
  ///   - source: the event's `eventSource`.
  ///   - event: the event's `eventName`.
  init(source: String, event: String) {
    service = CloudTrailAction.service(of: source)
    let plain = CloudTrailAction.withoutVersion(event)
    name = CloudTrailAction.renamed(plain, service: service)
    needsPermission =
      switch (service, plain) {
      case ("signin", _), ("sts", "GetCallerIdentity"), ("sts", "GetSessionToken"): false
      default: true
      }
  }

  private static func service(of source: String) -> String {
    let domain = ".amazonaws.com"
    let name = source.hasSuffix(domain) ? String(source.dropLast(domain.count)) : source
    return prefixes[name] ?? name
  }

  /// The name without the API's version that some services append.
  ///
  /// As in `CreateFunction20150331`, `CreateDistribution2020_05_31` and
  /// `UpdateFunctionCode20150331v2`; no action's own name ends so.
  private static func withoutVersion(_ event: String) -> String {
    var name = Substring(event)
    let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
    if digits > 0, digits < name.count, name.dropLast(digits).last == "v" {
      let stem = name.dropLast(digits + 1)
      if endsInDate(stem) { name = stem }
    }
    guard endsInDate(name) else { return event }
    let length = name.suffix(10).contains("_") ? 10 : 8
    return String(name.dropLast(length))
  }

  /// Whether a name ends in `20150331` or `2020_05_31`, with something before it.
  private static func endsInDate(_ name: Substring) -> Bool {
    func areDigits(_ text: Substring) -> Bool { text.allSatisfy { $0.isASCII && $0.isNumber } }
    if name.count > 8, areDigits(name.suffix(8)) { return true }
    let parts = name.suffix(10).split(separator: "_", omittingEmptySubsequences: false)
    return name.count > 10 && parts.map(\.count) == [4, 2, 2] && parts.allSatisfy(areDigits)
  }

  private static func renamed(_ event: String, service: String) -> String {
    switch service {
    case "s3": return s3[event] ?? event
    case "lambda": return event == "Invoke" ? "InvokeFunction" : event
    case "budgets": return budgets[event] ?? event
    case "apigateway":
      return verbs.first { event.hasPrefix($0.start) }?.verb ?? event
    default: return event
    }
  }
}

// MARK: Tables

extension CloudTrailAction {
  /// The services whose permissions have another prefix than their events' source.
  private static let prefixes: [String: String] = [
    "agreement-marketplace": "aws-marketplace", "amazonmq": "mq",
    "application-insights": "applicationinsights", "billingconsole": "billing",
    "cloudcontrolapi": "cloudformation", "contact-lens": "connect",
    "discovery-marketplace": "aws-marketplace", "email": "ses",
    "marketplacecatalog": "aws-marketplace", "migrationhub": "mgh", "monitoring": "cloudwatch",
    "opensearchservice": "es", "participant-connect": "connect", "pinpoint": "mobiletargeting",
    "pricelist": "pricing", "qconnect": "wisdom", "rdsdata": "rds-data",
    "reporting-marketplace": "aws-marketplace",
    "servicecatalog-appregistry": "servicecatalog", "tagging": "tag", "taxconsole": "tax",
    "transcribestreaming": "transcribe",
  ]

  /// S3's calls that are authorized under another name (AWS Service Authorization Reference).
  private static let s3: [String: String] = [
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucketPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
  ]

  private static let budgets: [String: String] = [
    "CreateBudget": "ModifyBudget", "CreateNotification": "ModifyBudget",
    "CreateSubscriber": "ModifyBudget", "DeleteBudget": "ModifyBudget",
    "DeleteNotification": "ModifyBudget", "DeleteSubscriber": "ModifyBudget",
    "DescribeBudget": "ViewBudget", "DescribeBudgetPerformanceHistory": "ViewBudget",
    "DescribeBudgets": "ViewBudget", "DescribeNotificationsForBudget": "ViewBudget",
    "DescribeSubscribersForNotification": "ViewBudget", "UpdateBudget": "ModifyBudget",
    "UpdateNotification": "ModifyBudget", "UpdateSubscriber": "ModifyBudget",
  ]

  /// API Gateway's permissions are the HTTP verbs of its API.
  private static let verbs: [(start: String, verb: String)] = [
    ("Create", "POST"), ("Delete", "DELETE"), ("Export", "GET"), ("Flush", "DELETE"),
    ("Generate", "POST"), ("Get", "GET"), ("ImportDocumentationParts", "PUT"),
    ("Import", "POST"), ("Put", "PUT"), ("Reimport", "PUT"), ("Reset", "DELETE"),
    ("TagResource", "PUT"), ("TestInvoke", "POST"), ("UntagResource", "DELETE"),
    ("Update", "PATCH"),
  ]
}
