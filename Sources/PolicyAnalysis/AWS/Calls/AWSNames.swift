/// The request parameters that hold the names of resources.
///
/// A variable of an ARN's format is looked for under its own name; here is where that is not the
/// parameter's.
enum AWSNames {
  /// By service and variable: parameters in lower case, the best first. A dot before one says that
  /// it only counts at the top.
  private static let parameters: [String: [String: [String]]] = [
    "acm": ["CertificateId": []],
    "apigateway": ["RestApiId": ["restapiid"]],
    "autoscaling": ["GroupFriendlyName": ["autoscalinggroupname"]],
    "cloudtrail": ["TrailName": [".name", ".trailname"]],
    "cloudwatch": ["AlarmName": ["alarmname", "alarmnames"]],
    "dynamodb": ["TableName": ["tablename"]],
    "ec2": ["SecurityGroupId": ["groupid"], "KeyPairName": ["keyname"]],
    "elasticfilesystem": ["FileSystemId": ["filesystemid"]],
    "events": ["RuleName": [".rule", ".name"]],
    "iam": [
      "RoleNameWithPath": [".rolename"], "UserNameWithPath": [".username"],
      "GroupNameWithPath": [".groupname"], "PolicyNameWithPath": [".policyname"],
      "InstanceProfileNameWithPath": [".instanceprofilename"],
    ],
    "kms": ["KeyId": ["keyid"]],
    "lambda": ["FunctionName": [".functionname"], "LayerName": [".layername"]],
    "logs": ["LogGroupName": [".loggroupname", ".loggroupnameprefix"]],
    "rds": [
      "DbInstanceName": [".dbinstanceidentifier"], "SnapshotName": [".dbsnapshotidentifier"],
      "DbClusterInstanceName": [".dbclusteridentifier"],
      "ClusterSnapshotName": [".dbclustersnapshotidentifier"],
      "ParameterGroupName": ["dbparametergroupname"],
      "ClusterParameterGroupName": ["dbclusterparametergroupname"],
      "OptionGroupName": ["optiongroupname"], "SubnetGroupName": ["dbsubnetgroupname"],
      "SecurityGroupName": ["dbsecuritygroupname"],
    ],
    "route53": ["Id": [".hostedzoneid", ".id"]],
    "secretsmanager": ["SecretId": [".secretid", ".name", "secretidlist"]],
    "sns": ["TopicName": [".name"]],
    "sqs": ["QueueName": [".queueurl", ".queuename"]],
    "ssm": [
      "ParameterNameWithoutLeadingSlash": [".name", "names"], "DocumentName": [".documentname"],
      "InstanceId": ["instanceid", "instanceids", ".target"],
    ],
    "states": ["StateMachineName": [".name"]],
  ]

  /// The kinds of what IAM keeps below paths.
  private static let kinds: [String: String] = [
    "GroupNameWithPath": "group", "InstanceProfileNameWithPath": "instance-profile",
    "PolicyNameWithPath": "policy", "RoleNameWithPath": "role", "UserNameWithPath": "user",
  ]

  /// What the ids of resources begin with, which calls on any of them take as `resourceId`.
  private static let idPrefixes: [String: String] = [
    "AllocationId": "eipalloc-", "CustomerGatewayId": "cgw-", "DhcpOptionsId": "dopt-",
    "ImageId": "ami-", "InstanceId": "i-", "InternetGatewayId": "igw-",
    "LaunchTemplateId": "lt-", "NatGatewayId": "nat-", "NetworkAclId": "acl-",
    "NetworkInterfaceId": "eni-", "RouteTableId": "rtb-", "SecurityGroupId": "sg-",
    "SnapshotId": "snap-", "SubnetId": "subnet-", "TransitGatewayId": "tgw-",
    "VolumeId": "vol-", "VpcEndpointId": "vpce-", "VpcId": "vpc-", "VpnGatewayId": "vgw-",
  ]

  /// What Systems Manager calls the resources of its variables.
  private static let managed: [String: String] = [
    "DocumentName": "Document", "ParameterNameWithoutLeadingSlash": "Parameter",
  ]

  /// Variables whose names say too little to be looked for at any depth.
  private static let vague: Set<String> = [
    "id", "name", "arn", "type", "key", "value", "token", "version", "versionid", "resourceid",
    "resourcename", "resource", "alias", "path", "status", "uuid",
  ]

  /// The names that a call gives for a variable of an ARN's format, as patterns; none when it does
  /// not say.
  static func values(of variable: String, in call: AWSCall, action: AWSAction) -> [String] {
    let service = action.service
    var texts: [String]
    if let keys = parameters[service]?[variable] {
      texts = keys.lazy.map { lookUp($0, in: call.parameters) }.first { !$0.isEmpty } ?? []
    } else if vague.contains(variable.lowercased()) {
      texts = []
    } else {
      texts = call.parameters.values(variable.lowercased())
    }
    if texts.isEmpty { texts = anyResource(variable, in: call, service) }
    return texts.filter { !$0.hasPrefix("arn:") }
      .flatMap { patterns(for: $0, of: variable, in: call, action: action) }
  }

  /// The names of calls that take resources of any type.
  private static func anyResource(
    _ variable: String, in call: AWSCall, _ service: String
  ) -> [String] {
    let ids = call.parameters.values("resourceid") + call.parameters.values("resourceids")
    if service == "ssm", let type = managed[variable] {
      return call.parameters.value("resourcetype") == type ? ids : []
    }
    guard let prefix = idPrefixes[variable] else { return [] }
    return ids.filter { $0.hasPrefix(prefix) }
  }

  private static func lookUp(_ key: String, in parameters: AWSParameters) -> [String] {
    key.hasPrefix(".")
      ? parameters.value(String(key.dropFirst())).map { [$0] } ?? [] : parameters.values(key)
  }

  private static func patterns(
    for text: String, of variable: String, in call: AWSCall, action: AWSAction
  ) -> [String] {
    let literal = IAMPattern.literal(text)
    switch (action.service, variable) {
    case ("iam", _) where variable.hasSuffix("NameWithPath"):
      let kind = kinds[variable] ?? ""
      return call.known.patterns(kind, text, account: call.account)
    case ("ssm", "ParameterNameWithoutLeadingSlash"):
      return [IAMPattern.literal(String(text.drop { $0 == "/" }))]
    case ("secretsmanager", "SecretId"):
      // The ARN ends in six characters that the service draws.
      return [literal + "-??????"]
    case ("lambda", "FunctionName"):
      return [IAMPattern.literal(functionName(text))]
    case ("sqs", "QueueName"):
      return [IAMPattern.literal(text.split(separator: "/").last.map(String.init) ?? text)]
    case ("kms", "KeyId"):
      // An alias does not tell its key.
      return text.hasPrefix("alias/") ? [] : [literal]
    case ("logs", "LogGroupName") where !action.name.hasSuffix("Resource"):
      // All but the actions on tags are authorized for the group with what is in it.
      return [literal + ":*"]
    default: return [literal]
    }
  }

  /// `name` of `name`, `name:alias` and `account:function:name`.
  private static func functionName(_ text: String) -> String {
    let parts = text.split(separator: ":").map(String.init)
    if let mark = parts.firstIndex(of: "function"), parts.indices.contains(mark + 1) {
      return parts[(mark + 1)...].joined(separator: ":")
    }
    return text
  }
}
