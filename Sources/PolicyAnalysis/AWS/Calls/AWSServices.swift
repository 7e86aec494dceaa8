/// What services are called where they use the permissions of others.
enum AWSServices {
  /// The service that a role is passed to, by the service whose call passes it; only those that
  /// take a role for nobody else.
  static let rolesGoTo: [String: String] = [
    "backup": "backup.amazonaws.com", "batch": "batch.amazonaws.com",
    "bedrock": "bedrock.amazonaws.com", "cloudformation": "cloudformation.amazonaws.com",
    "cloudtrail": "cloudtrail.amazonaws.com", "codebuild": "codebuild.amazonaws.com",
    "codepipeline": "codepipeline.amazonaws.com", "config": "config.amazonaws.com",
    "ec2": "ec2.amazonaws.com", "eks": "eks.amazonaws.com", "firehose": "firehose.amazonaws.com",
    "glue": "glue.amazonaws.com", "lambda": "lambda.amazonaws.com",
    "rolesanywhere": "rolesanywhere.amazonaws.com", "sagemaker": "sagemaker.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com", "states": "states.amazonaws.com",
    "transfer": "transfer.amazonaws.com",
  ]

  /// Services whose use of a key KMS lets be limited by `kms:ViaService`.
  private static let keyUsers: Set<String> = [
    "backup", "connect", "dynamodb", "ec2", "elasticfilesystem", "es", "fsx", "glue", "kinesis",
    "lambda", "rds", "redshift", "s3", "sagemaker", "secretsmanager", "sns", "sqs", "ssm",
    "timestream", "workspaces",
  ]

  /// Services that `aws:CalledVia` names.
  private static let chained: Set<String> = [
    "athena.amazonaws.com", "cloudformation.amazonaws.com", "dynamodb.amazonaws.com",
  ]

  /// The context in which a key is used by a service; nothing where that cannot be tested.
  static func via(_ service: String, _ call: AWSCall) -> [ContextEntry] {
    guard keyUsers.contains(service), call.partition == "aws", !call.region.isEmpty else {
      return []
    }
    return [
      ContextEntry(key: "kms:ViaService", value: Name("\(service).\(call.region).amazonaws.com"))
    ]
  }

  /// The context of the actions of a call that a service made for the principal.
  static func forwarding(_ call: AWSCall) -> (_ action: String) -> [ContextEntry] {
    let domain = ".amazonaws.com"
    return { action in
      if action.hasPrefix("kms:"), call.invokedBy.hasSuffix(domain) {
        return via(String(call.invokedBy.dropLast(domain.count)), call)
      }
      guard chained.contains(call.invokedBy) else { return [] }
      return [ContextEntry(key: "aws:CalledVia", value: Name(call.invokedBy))]
    }
  }
}
