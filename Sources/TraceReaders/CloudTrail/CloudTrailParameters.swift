import WireFormats

/// The request parameters that name what a call is about.
///
/// Parameters are shaped by each service; only those are listed whose whole value is the name of
/// the one thing that the call is authorized for. A role that a call passes on, for example, is
/// not.
enum CloudTrailParameters {
  /// By service prefix of the permission, in the order in which they are looked for.
  private static let byService: [(service: String, parameters: [String])] = [
    ("acm", ["certificateArn"]),
    ("autoscaling", ["autoScalingGroupName"]),
    ("bedrock", ["modelId"]),
    ("cloudformation", ["stackName"]),
    ("cloudtrail", ["trailName", "name"]),
    ("dynamodb", ["tableName"]),
    ("ec2", ["instanceId", "volumeId", "snapshotId", "routeTableId", "groupId", "vpcId"]),
    ("ecr", ["repositoryName"]),
    ("elasticloadbalancing", ["loadBalancerArn", "targetGroupArn", "loadBalancerName"]),
    (
      "iam",
      ["roleName", "userName", "groupName", "instanceProfileName", "policyArn"]
    ),
    ("kms", ["keyId"]),
    ("lambda", ["functionName", "layerName"]),
    ("logs", ["logGroupName"]),
    ("rds", ["dBInstanceIdentifier", "dBClusterIdentifier", "dBSnapshotIdentifier"]),
    ("secretsmanager", ["secretId"]),
    ("sns", ["topicArn"]),
    ("sqs", ["queueUrl"]),
    ("states", ["executionArn", "stateMachineArn"]),
    ("sts", ["roleArn"]),
  ]

  static let bucketName = 0
  static let key = 1
  static let omitted = 2

  /// The names of all of them; a parameter's number is its index.
  static let names: [String] = {
    var names = ["bucketName", "key", "omitted"]
    for (_, parameters) in byService {
      for name in parameters where !names.contains(name) { names.append(name) }
    }
    return names
  }()

  static let table = FieldTable(
    names.indices.map { .value(names[$0], Number(rawValue: $0)) }, prefix: "requestParameters.")

  private struct Number: RawRepresentable {
    let rawValue: Int
  }

  /// The numbers of the parameters that name what a service's calls are about, the best first.
  static func numbers(ofService service: String) -> [Int] {
    let parameters = byService.first { $0.service == service }?.parameters ?? []
    return parameters.compactMap { names.firstIndex(of: $0) }
  }
}
