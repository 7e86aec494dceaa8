import PolicyAnalysis
import Testing

@Suite("What calls need though no event says so") struct AWSInferenceTests {
  private static let role = "arn:aws:iam::111122223333:role/worker"

  @Test("whoever gives a function a role passes it to Lambda, and to nobody else")
  func passRole() throws {
    var trail = Trail()
    trail.call(
      "lambda", "CreateFunction20150331", ["functionName": "f", "role": Self.role])
    let policy = try trail.policy()
    #expect(
      policy.grants == [
        "iam:PassRole on \(Self.role) if iam:PassedToService=lambda.amazonaws.com",
        "lambda:CreateFunction on arn:aws:lambda:eu-west-1:111122223333:function:f",
      ])
    #expect(policy.statements.map(\.inference) == [.passRole, nil])
    #expect(policy.files[0].text.contains("\"Sid\": \"InferredIamPassRoleOnRoleToLambda\""))
    #expect(policy.document.contains(Inference.passRole.reason))
    let without = try trail.policy { $0.inferences.remove(.passRole) }
    #expect(without.statements.count == 1 && !without.document.contains("PassRole\","))
    #expect(without.document.contains("--without-inferred pass-role"))
  }

  @Test("a role that is only read about is not passed")
  func noPassRole() throws {
    var trail = Trail()
    trail.call("sts", "AssumeRole", ["roleArn": Self.role])
    trail.call("ecs", "ListTasks", ["cluster": Self.role])
    #expect(try !trail.policy().grants.contains { $0.hasPrefix("iam:") })
  }

  @Test("an instance with a profile and tags needs its role passed and its tags set")
  func launch() throws {
    var trail = AWSCallTests.launch()
    let extra = try trail.policy().statements.filter { $0.inference != nil }
    #expect(
      extra.map { "\($0.grant.permission) \($0.grant.resource.text)" } == [
        "ec2:CreateTags arn:aws:ec2:eu-west-1:111122223333:instance/*",
        "iam:PassRole arn:aws:iam::111122223333:role/*/web",
        "iam:PassRole arn:aws:iam::111122223333:role/web",
      ])
    #expect(
      extra.map { "\($0.grant.conditions.map(\.value))" } == [
        "[RunInstances]", "[ec2.amazonaws.com]", "[ec2.amazonaws.com]",
      ])
    trail.call(
      "iam", "AddRoleToInstanceProfile",
      ["instanceProfileName": "web", "roleName": "front"], resources: [Self.role])
    let told = try trail.policy().grants.filter { $0.hasPrefix("iam:PassRole") }
    #expect(told.allSatisfy { $0.contains("/front if") } && told.count == 2)
  }

  @Test("who is told that an object is missing may list its bucket")
  func listing() throws {
    var trail = Trail()
    trail.call("s3", "GetObject", ["bucketName": "b", "key": "k"], error: "NoSuchKey")
    let policy = try trail.policy()
    #expect(
      policy.grants == ["s3:ListBucket on arn:aws:s3:::b", "s3:GetObject on arn:aws:s3:::b/k"])
    #expect(policy.statements.map(\.inference) == [.listing, nil])
    trail.call("s3", "ListObjectsV2", ["bucketName": "b"])
    #expect(try trail.policy().statements.allSatisfy { $0.inference == nil }, "it was recorded")
  }

  @Test("a key that a service uses for the caller is only granted through that service")
  func viaService() throws {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    var trail = Trail()
    trail.call(
      "kms", "Decrypt", nil, resources: [key],
      more: ["userIdentity": Trail.role(Self.role, invokedBy: "secretsmanager.amazonaws.com")])
    trail.call(
      "s3", "PutObject",
      ["bucketName": "b", "key": "k", "x-amz-server-side-encryption-aws-kms-key-id": key])
    let policy = try trail.policy()
    #expect(
      policy.grants.filter { $0.hasPrefix("kms") } == [
        "kms:Decrypt on \(key) if kms:ViaService=secretsmanager.eu-west-1.amazonaws.com",
        "kms:GenerateDataKey on \(key) if kms:ViaService=s3.eu-west-1.amazonaws.com",
      ])
    #expect(policy.replay.isExact && policy.document.contains("\"kms:ViaService\": "))
  }

  @Test("a service-linked role is only made for the service that was named")
  func serviceLinkedRole() throws {
    var trail = Trail()
    trail.call("iam", "CreateServiceLinkedRole", ["aWSServiceName": "es.amazonaws.com"])
    #expect(
      try trail.policy().grants == [
        "iam:CreateServiceLinkedRole on arn:aws:iam::111122223333:role/aws-service-role/"
          + "es.amazonaws.com/* if iam:AWSServiceName=es.amazonaws.com"
      ])
  }

  @Test("tags of a session and of a secret need actions of their own")
  func tags() throws {
    var trail = Trail()
    trail.call("sts", "AssumeRole", ["roleArn": Self.role, "tags": [["key": "a", "value": "b"]]])
    trail.call("secretsmanager", "CreateSecret", ["name": "s", "tags": [["key": "a"]]])
    let inferred = try trail.policy().statements.filter { $0.inference != nil }
    #expect(
      inferred.map(\.grant.permission.text) == ["secretsmanager:TagResource", "sts:TagSession"])
  }
}
