import WireFormats

/// Permissions that a call needed and for which CloudTrail writes no event.
struct AWSInferences: Sendable {
  let catalogue: AWSCatalogue

  func needs(of call: AWSCall, recorded: [AWSPermissions.Need]) -> [AWSPermissions.Need] {
    guard
      let action = catalogue.action(call.permission)
        ?? recorded.first.flatMap({
          catalogue.action($0.action)
        })
    else { return [] }
    return passedRoles(call, action) + tags(call, action) + sessionTags(call, recorded)
      + listing(call) + keys(call)
  }

  // MARK: Roles

  private func passedRoles(_ call: AWSCall, _ action: AWSAction) -> [AWSPermissions.Need] {
    // What IAM and STS are told about roles is their business, not a role handed on.
    guard action.passesRole, call.service != "iam", call.service != "sts" else { return [] }
    let roles = call.parameters.arns.filter { $0.contains(":iam::") && $0.contains(":role/") }
    var patterns = roles.map(IAMPattern.literal)
    if roles.isEmpty { patterns = profileRoles(call) }
    // Services have other names in China.
    let service = call.partition == "aws-cn" ? nil : AWSServices.rolesGoTo[call.service]
    let context = service.map { [ContextEntry(key: "iam:PassedToService", value: Name($0))] }
    return patterns.map {
      AWSPermissions.Need(
        action: "iam:PassRole", resource: $0, context: context ?? [], inference: .passRole)
    }
  }

  /// An instance profile is named, and not its role.
  private func profileRoles(_ call: AWSCall) -> [String] {
    guard call.service == "ec2",
      case .object(let profile)? = call.parameters.tree?["iamInstanceProfile"]
    else { return [] }
    let texts = profile.compactMap(\.value.text)
    guard let name = texts.first?.split(separator: "/").last.map(String.init) else { return [] }
    let place = "arn:\(call.partition):iam::\(IAMPattern.literal(call.account)):role/"
    return call.known.roles(ofProfile: name, account: call.account).flatMap { role in
      call.known.patterns("role", role, account: call.account).map { place + $0 }
    }
  }

  // MARK: Tags

  /// Calls that make something, with the action that a tag on it needs and its resource type.
  private static let tagging: [String: (action: String, type: String)] = [
    "iam:CreateInstanceProfile": ("iam:TagInstanceProfile", "instance-profile"),
    "iam:CreatePolicy": ("iam:TagPolicy", "policy"), "iam:CreateRole": ("iam:TagRole", "role"),
    "iam:CreateUser": ("iam:TagUser", "user"),
    "lambda:CreateFunction": ("lambda:TagResource", "function"),
    "rds:CreateDBCluster": ("rds:AddTagsToResource", "cluster"),
    "rds:CreateDBInstance": ("rds:AddTagsToResource", "db"),
    "rds:CreateDBSnapshot": ("rds:AddTagsToResource", "snapshot"),
    "secretsmanager:CreateSecret": ("secretsmanager:TagResource", "Secret"),
    "sns:CreateTopic": ("sns:TagResource", "topic"), "sqs:CreateQueue": ("sqs:TagQueue", "queue"),
    "ssm:PutParameter": ("ssm:AddTagsToResource", "parameter"),
  ]

  private func tags(_ call: AWSCall, _ action: AWSAction) -> [AWSPermissions.Need] {
    if call.service == "ec2" { return tagsOnCreate(call, action) }
    guard call.parameters.has("tags") || call.parameters.has("tag"),
      let (name, type) = AWSInferences.tagging[action.permission],
      let tag = catalogue.action(name)
    else { return [] }
    return AWSResources.patterns(for: tag, in: call, type: type).map {
      AWSPermissions.Need(action: tag.permission, resource: $0, inference: .tagOnCreate)
    }
  }

  /// EC2 takes tags for each kind of thing that a call makes.
  private func tagsOnCreate(_ call: AWSCall, _ action: AWSAction) -> [AWSPermissions.Need] {
    guard call.parameters.has("tagspecificationset") || call.parameters.has("tagspecification"),
      let create = catalogue.action("ec2:CreateTags")
    else { return [] }
    return call.parameters.values("resourcetype").sorted().compactMap { type in
      guard let use = create.use(type) else { return nil }
      let pattern = AWSResourceFormat(use.type.format).pattern(AWSResources.place(of: call))
      return AWSPermissions.Need(
        action: create.permission, resource: pattern,
        context: [ContextEntry(key: "ec2:CreateAction", value: Name(action.name))],
        inference: .tagOnCreate)
    }
  }

  private func sessionTags(
    _ call: AWSCall, _ recorded: [AWSPermissions.Need]
  ) -> [AWSPermissions.Need] {
    guard call.permission == "sts:AssumeRole" else { return [] }
    let actions =
      (call.parameters.has("tags") ? ["sts:TagSession"] : [])
      + (call.parameters.has("sourceidentity") ? ["sts:SetSourceIdentity"] : [])
    return actions.flatMap { action in
      recorded.map {
        AWSPermissions.Need(action: action, resource: $0.resource, inference: .sessionTags)
      }
    }
  }

  // MARK: Storage

  /// S3 says that an object is missing only to those who may list its bucket; others are denied.
  private func listing(_ call: AWSCall) -> [AWSPermissions.Need] {
    guard call.service == "s3", call.reason.hasPrefix("NoSuchKey"),
      let list = catalogue.action("s3:ListBucket")
    else { return [] }
    return AWSResources.patterns(for: list, in: call).filter { $0 != "*" }.map {
      AWSPermissions.Need(action: list.permission, resource: $0, inference: .listing)
    }
  }

  /// A key that S3 is told to encrypt with.
  private func keys(_ call: AWSCall) -> [AWSPermissions.Need] {
    let header = "x-amz-server-side-encryption-aws-kms-key-id"
    guard call.service == "s3", let key = call.parameters.value(header), key.hasPrefix("arn:"),
      key.contains(":key/")
    else { return [] }
    // What is uploaded in parts is read again when it is put together.
    let actions =
      call.eventName == "CreateMultipartUpload"
      ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:GenerateDataKey"]
    return actions.map {
      AWSPermissions.Need(
        action: $0, resource: IAMPattern.literal(key), context: AWSServices.via("s3", call),
        inference: .keyUse)
    }
  }
}
