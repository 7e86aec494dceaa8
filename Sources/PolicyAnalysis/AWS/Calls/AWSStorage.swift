/// The calls of S3, whose permissions depend on what is asked for besides.
enum AWSStorage {
  /// The bucket or object of a call, for an action that is limited to such; nil for all others.
  static func patterns(for action: AWSAction, in call: AWSCall) -> [String]? {
    guard let bucket = bucket(of: call) else {
      return action.use("object") == nil ? nil : prefixed(call)
    }
    if action.use("object") != nil {
      if let key = call.parameters.value("key") {
        return [object(IAMPattern.literal(key), in: bucket)]
      }
      return prefixed(call) ?? [object("*", in: bucket)]
    }
    return action.use("bucket") != nil ? [IAMPattern.literal(bucket)] : nil
  }

  /// Objects that the event only names by the beginning of their ARNs.
  private static func prefixed(_ call: AWSCall) -> [String]? {
    let found = call.resourcePrefixes.filter { $0.hasPrefix("arn:") }
    return found.isEmpty ? nil : found.sorted().map { IAMPattern.literal($0) + "*" }
  }

  /// The ARN of the bucket, or of the access point that stands for it.
  private static func bucket(of call: AWSCall) -> String? {
    if let name = call.parameters.value("bucketname") { return arn(ofBucket: name, in: call) }
    return call.resources.first { $0.hasPrefix("arn:") && !$0.contains("/") }
  }

  private static func arn(ofBucket name: String, in call: AWSCall) -> String {
    name.hasPrefix("arn:") ? name : "arn:\(call.partition):s3:::\(name)"
  }

  /// - Parameters:
  ///   - key: a pattern.
  ///   - bucket: an ARN.
  private static func object(_ key: String, in bucket: String) -> String {
    IAMPattern.literal(bucket) + (bucket.contains(":accesspoint/") ? "/object/" : "/") + key
  }

  /// The actions of a call on an object: those of its version where it names one, and those that
  /// its headers ask for.
  static func actions(of call: AWSCall) -> [String] {
    var actions: [String]
    switch call.eventName {
    case "CopyObject", "UploadPartCopy", "CreateMultipartUpload", "CompleteMultipartUpload":
      actions = ["s3:PutObject"]
    case "DeleteObjects": actions = ["s3:DeleteObject"]
    case "GetObjectAttributes": actions = ["s3:GetObject", "s3:GetObjectAttributes"]
    default: actions = [call.permission]
    }
    if call.parameters.has("versionid") {
      actions = actions.map { versioned.contains($0) ? versionAction($0) : $0 }
    }
    if actions == ["s3:PutObject"] {
      actions += headers.filter { header in header.keys.contains(where: call.parameters.has) }
        .map(\.action)
    }
    return actions
  }

  /// Actions that have a sibling for a version of the object.
  private static let versioned: Set<String> = [
    "s3:GetObject", "s3:DeleteObject", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetObjectTagging",
    "s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:GetObjectAttributes",
    "s3:GetObjectTorrent",
  ]

  /// `s3:GetObjectVersionAcl` of `s3:GetObjectAcl`.
  private static func versionAction(_ action: String) -> String {
    guard let object = action.firstRange(of: "Object") else { return action }
    return action[..<object.upperBound] + "Version" + action[object.upperBound...]
  }

  private static let headers: [(keys: [String], action: String)] = [
    (
      [
        "x-amz-acl", "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp",
        "x-amz-grant-write-acp", "x-amz-grant-full-control",
      ], "s3:PutObjectAcl"
    ),
    (["x-amz-tagging"], "s3:PutObjectTagging"),
    (["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"], "s3:PutObjectRetention"),
    (["x-amz-object-lock-legal-hold"], "s3:PutObjectLegalHold"),
  ]

  /// What a copy reads: the action and the object; nil when the call is no copy or does not say.
  static func source(of call: AWSCall) -> (action: String, pattern: String)? {
    guard ["CopyObject", "UploadPartCopy"].contains(call.eventName),
      let header = call.parameters.value("x-amz-copy-source")
    else { return nil }
    let parts = header.split(separator: "?", maxSplits: 1)
    let path = withoutPercents(String(parts.first ?? ""))
    let action =
      parts.count == 2 && parts[1].hasPrefix("versionId=") ? "s3:GetObjectVersion" : "s3:GetObject"
    if path.hasPrefix("arn:") { return (action, IAMPattern.literal(path)) }
    let names = path.drop { $0 == "/" }.split(separator: "/", maxSplits: 1)
    guard names.count == 2 else { return nil }
    let bucket = arn(ofBucket: String(names[0]), in: call)
    return (action, object(IAMPattern.literal(String(names[1])), in: bucket))
  }

  /// The text with `%2F` and the like decoded.
  private static func withoutPercents(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
