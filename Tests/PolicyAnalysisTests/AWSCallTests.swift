import PolicyAnalysis
import Testing

@Suite("What calls need of AWS IAM") struct AWSCallTests {
  private static let bucket = "arn:aws:s3:::b"
  private static let here = "eu-west-1:111122223333"

  /// The grants of one call.
  private func grants(
    _ source: String, _ name: String, _ parameters: [String: Any]? = nil,
    resources: [String] = [], error: String? = nil, more: [String: Any] = [:]
  ) throws -> [String] {
    var trail = Trail()
    trail.call(source, name, parameters, resources: resources, error: error, more: more)
    let policy = try trail.policy()
    #expect(policy.replay.isExact)
    return policy.grants
  }

  // MARK: Names

  @Test(
    "calls are granted under the names of their actions",
    arguments: [
      ("s3", "ListObjectsV2", "s3:ListBucket"), ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
      ("lambda", "CreateFunction20150331", "lambda:CreateFunction"),
      ("lambda", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
      ("lambda", "Invoke", "lambda:InvokeFunction"),
      ("cloudfront", "CreateDistribution2020_05_31", "cloudfront:CreateDistribution"),
      ("cloud9", "CreateEnvironmentEC2", "cloud9:CreateEnvironmentEC2"),
      ("monitoring", "DescribeAlarms", "cloudwatch:DescribeAlarms"),
      ("email", "SendEmail", "ses:SendEmail"), ("apigateway", "GetResource", "apigateway:GET"),
      ("ec2-instance-connect", "SendSSHPublicKey", "ec2-instance-connect:SendSSHPublicKey"),
      ("s3", "DeleteBucketReplication", "s3:PutReplicationConfiguration"),
    ])
  func names(source: String, event: String, action: String) throws {
    let grants = try grants(source, event, ["bucketName": "b"])
    #expect(grants.first?.hasPrefix(action + " on ") == true, "\(grants)")
  }

  @Test("an action that the catalogue does not know is kept, marked and set apart")
  func unverified() throws {
    var trail = Trail()
    trail.call("s3", "GetSomethingInternal")
    trail.call("nonesuch", "Do20200101")
    trail.call("s3", "ListBuckets")
    let policy = try trail.policy()
    #expect(
      policy.grants == [
        "nonesuch:Do on *", "s3:GetSomethingInternal on *", "s3:ListAllMyBuckets on *",
      ])
    #expect(policy.replay.isExact)
    #expect(policy.warnings.first { $0.kind == .unverified }?.statements == [1, 2])
    #expect(
      policy.files.map(\.name) == [
        "user-111122223333-ana-unverified.json", "user-111122223333-ana.json",
      ])
    #expect(!policy.files[1].text.contains("Internal"))
  }

  // MARK: Parameters

  @Test("a version asks for the action on versions")
  func version() throws {
    let call = ["bucketName": "b", "key": "k", "versionId": "1"]
    #expect(try grants("s3", "GetObject", call) == ["s3:GetObjectVersion on arn:aws:s3:::b/k"])
    #expect(try grants("s3", "HeadObject", call) == ["s3:GetObjectVersion on arn:aws:s3:::b/k"])
    #expect(
      try grants("s3", "PutObjectAcl", call) == ["s3:PutObjectVersionAcl on arn:aws:s3:::b/k"])
  }

  @Test("a copy reads its source and writes its destination")
  func copy() throws {
    let grants = try grants(
      "s3", "CopyObject",
      [
        "bucketName": "b", "key": "k", "x-amz-copy-source": "/from/a%20b/c?versionId=1",
        "x-amz-acl": "private",
      ])
    #expect(
      grants == [
        "s3:PutObject on arn:aws:s3:::b/k", "s3:PutObjectAcl on arn:aws:s3:::b/k",
        "s3:GetObjectVersion on arn:aws:s3:::from/a b/c",
      ])
  }

  @Test("an upload in parts needs what an upload needs; what is written with it needs more")
  func uploads() throws {
    let call = ["bucketName": "b", "key": "k"]
    for name in ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"] {
      #expect(try grants("s3", name, call) == ["s3:PutObject on arn:aws:s3:::b/k"])
    }
    let abort = try grants("s3", "AbortMultipartUpload", call)
    #expect(abort == ["s3:AbortMultipartUpload on arn:aws:s3:::b/k"])
    let headers = ["x-amz-tagging": "a=b", "x-amz-object-lock-legal-hold": "ON"]
    #expect(
      try grants("s3", "PutObject", call.merging(headers) { $1 }) == [
        "s3:PutObject on arn:aws:s3:::b/k", "s3:PutObjectLegalHold on arn:aws:s3:::b/k",
        "s3:PutObjectTagging on arn:aws:s3:::b/k",
      ])
  }

  @Test("objects that are deleted together are only known by their bucket")
  func deleteObjects() throws {
    #expect(
      try grants("s3", "DeleteObjects", ["bucketName": "b", "delete": ""])
        == ["s3:DeleteObject on arn:aws:s3:::b/*"])
  }

  @Test("what is encrypted anew needs one key from, and one key to")
  func reEncrypt() throws {
    let keys = ["1", "2"].map { "arn:aws:kms:eu-west-1:111122223333:key/\($0)" }
    #expect(
      try grants(
        "kms", "ReEncrypt", ["sourceKeyId": keys[0], "destinationKeyId": "2"], resources: keys) == [
          "kms:ReEncryptFrom on \(keys[0])", "kms:ReEncryptTo on \(keys[1])",
        ])
  }

  @Test("tables that are written together need an action for each kind of item")
  func transaction() throws {
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/t"
    #expect(
      try grants(
        "dynamodb", "TransactWriteItems",
        ["transactItems": [["put": ["tableName": "t"]], ["delete": ["tableName": "t"]]]],
        resources: [table]) == ["dynamodb:DeleteItem on \(table)", "dynamodb:PutItem on \(table)"])
  }

  // MARK: Resources

  @Test("signs with a meaning are literal in resources; others than Latin-1 become '?'")
  func escapes() throws {
    #expect(
      try grants("s3", "GetObject", ["bucketName": "b", "key": "a*b?c${d}/é/日"]) == [
        "s3:GetObject on arn:aws:s3:::b/a${*}b${?}c${$}{d}/é/?"
      ])
  }

  @Test("a value that was redacted or left out becomes no resource")
  func redacted() throws {
    let grants = try grants(
      "secretsmanager", "GetSecretValue", ["secretId": "HIDDEN_DUE_TO_SECURITY_REASONS"])
    #expect(
      grants == ["secretsmanager:GetSecretValue on arn:aws:secretsmanager:\(Self.here):secret:*"])
    let omitted = try self.grants("ec2", "StopInstances", ["omitted": true, "instanceId": "i-1"])
    #expect(omitted == ["ec2:StopInstances on arn:aws:ec2:\(Self.here):instance/*"])
  }

  @Test("a call on many kinds of resources needs each of them")
  func manyResources() throws {
    let policy = try Self.launch().policy { $0.inferences = [] }
    #expect(
      policy.grants == [
        "instance/*", "key-pair/mine", "network-interface/*", "security-group/sg-1",
        "subnet/subnet-1", "volume/*",
      ].map { "ec2:RunInstances on arn:aws:ec2:\(Self.here):\($0)" } + [
        "ec2:RunInstances on arn:aws:ec2:eu-west-1::image/ami-1"
      ])
    let wide = policy.warnings.first { $0.kind == .reachesFurther }
    #expect(wide?.statements == [1, 3, 6])
  }

  /// Instances with a profile, tags, a key pair and a security group.
  static func launch() -> Trail {
    var trail = Trail()
    trail.call(
      "ec2", "RunInstances",
      [
        "instancesSet": ["items": [["imageId": "ami-1", "keyName": "mine"]]],
        "groupSet": ["items": [["groupId": "sg-1"]]], "subnetId": "subnet-1",
        "iamInstanceProfile": ["name": "web"],
        "tagSpecificationSet": ["items": [["resourceType": "instance", "tags": []]]],
      ])
    return trail
  }

  @Test("secrets, parameters, queues and log groups get the ARNs that IAM compares")
  func shapes() throws {
    let cases: [(String, String, [String: Any], String)] = [
      ("secretsmanager", "CreateSecret", ["name": "a/b"], "secret:a/b-??????"),
      ("ssm", "GetParameter", ["name": "/a/b"], "parameter/a/b"),
      ("sqs", "SendMessage", ["queueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q"], "q"),
      ("logs", "CreateLogGroup", ["logGroupName": "/a"], "log-group:/a:*"),
      ("lambda", "GetFunction20150331v2", ["functionName": "f"], "function:f"),
      ("dynamodb", "DescribeTable", ["tableName": "t"], "table/t"),
      ("rds", "DeleteDBInstance", ["dBInstanceIdentifier": "d"], "db:d"),
    ]
    for (service, name, parameters, resource) in cases {
      let grants = try grants(service, name, parameters)
      #expect(
        grants.first?.hasSuffix(" on arn:aws:\(service):\(Self.here):\(resource)") == true,
        "\(grants)")
    }
  }

  @Test("names of IAM have the path that other events tell, else any path")
  func paths() throws {
    var trail = Trail()
    trail.call("iam", "GetRole", ["roleName": "known"])
    trail.call("iam", "GetRole", ["roleName": "other"])
    trail.call(
      "sts", "AssumeRole", ["roleArn": "arn:aws:iam::111122223333:role/team/known"])
    trail.call("iam", "GetUser")
    let roles = try trail.policy().grants
    #expect(
      roles == [
        "iam:GetRole on arn:aws:iam::111122223333:role/*/other",
        "iam:GetRole on arn:aws:iam::111122223333:role/other",
        "iam:GetRole on arn:aws:iam::111122223333:role/team/known",
        "iam:GetUser on arn:aws:iam::111122223333:user/ana",
        "sts:AssumeRole on arn:aws:iam::111122223333:role/team/known",
      ])
  }
}
