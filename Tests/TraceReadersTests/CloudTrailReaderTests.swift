import Testing
import TraceModel
import TraceReaders

@Suite("CloudTrail reader")
struct CloudTrailReaderTests {
  /// An event of an API call, with these fields besides.
  private func read(
    _ source: String = "s3", _ name: String = "GetObject", _ fields: String = ""
  ) -> RecordBatch {
    TraceReadersTests.read(
      """
      {"eventVersion":"1.08","eventTime":"2026-03-02T09:00:00Z","eventType":"AwsApiCall",\
      "eventSource":"\(source).amazonaws.com","eventName":"\(name)"\(fields)}
      """, with: CloudTrailReader.self)
  }

  @Test(
    "An error's code and message tell the outcome; no error means allowed",
    arguments: [
      (#""errorCode":null"#, Outcome.allow),
      (#""errorCode":"","errorMessage":"""#, .allow),
      (#""errorCode":"AccessDenied""#, .deny),
      (#""errorCode":"KMS.AccessDeniedException""#, .deny),
      (#""errorCode":"VpceAccessDenied""#, .deny),
      (#""errorCode":"Client.UnauthorizedOperation""#, .deny),
      (#""errorCode":"NotAuthorizedException""#, .deny),
      (#""errorCode":"AuthorizationErrorException""#, .deny),
      (#""errorCode":"NoSuchKey","errorMessage":"x is not authorized to perform: y""#, .deny),
      (#""errorCode":"InvalidClientTokenId""#, .unauthenticated),
      (#""errorCode":"Client.AuthFailure""#, .unauthenticated),
      (#""errorCode":"ExpiredTokenException""#, .unauthenticated),
      (#""errorCode":"NoSuchBucketPolicy""#, .allowedThenFailed),
      (#""errorCode":"Client.InvalidVpcID.NotFound""#, .allowedThenFailed),
      (#""errorCode":"EntityAlreadyExists""#, .allowedThenFailed),
      (#""errorCode":"ConditionalCheckFailedException""#, .allowedThenFailed),
      (#""errorCode":"Client.VpcLimitExceeded""#, .allowedThenFailed),
      (#""errorCode":"Client.DryRunOperation""#, .allowedThenFailed),
      (#""errorCode":"Client.RequestLimitExceeded""#, .unknown),
      (#""errorCode":"ThrottlingException""#, .unknown),
      (#""errorCode":"ValidationException""#, .unknown),
      (#""errorCode":"SomethingNew""#, .unknown),
      (#""errorMessage":"it went wrong""#, .unknown),
    ])
  func outcomes(fields: String, outcome: Outcome) {
    #expect(read("dynamodb", "GetItem", "," + fields).outcomes == [outcome])
  }

  @Test("What is no call of an API, or needs no permission, is never allowed")
  func undecided() {
    for type in ["AwsServiceEvent", "AwsConsoleSignIn", "AwsConsoleAction", "AwsVpceEvent", "New"] {
      let batch = TraceReadersTests.read(
        #"{"eventSource":"a","eventName":"b","eventType":"\#(type)"}"#,
        with: CloudTrailReader.self)
      #expect(batch.outcomes == [.unknown], "\(type)")
    }
    for (source, name) in [
      ("sts", "GetCallerIdentity"), ("sts", "GetSessionToken"), ("signin", "SwitchRole"),
    ] {
      #expect(read(source, name).outcomes == [.unknown])
      #expect(read(source, name, #","errorCode":"NoSuchThing""#).outcomes == [.unknown])
    }
  }

  @Test(
    "The principal is the role behind a session, otherwise the best name there is",
    arguments: [
      (#""type":"IAMUser","arn":"U","principalId":"P""#, "U"),
      (#""type":"IAMUser","principalId":"P","userName":"ann""#, "P"),
      (#""type":"IAMUser","userName":"HIDDEN_DUE_TO_SECURITY_REASONS""#, ""),
      (
        #""type":"AssumedRole","arn":"S","sessionContext":{"sessionIssuer":{"type":"Role","arn":"R"}}"#,
        "R"
      ),
      (#""type":"AssumedRole","arn":"S","sessionContext":{"sessionIssuer":{}}"#, "S"),
      (
        #""type":"FederatedUser","arn":"F","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"U"}}"#,
        "F"
      ),
      (#""type":"AWSService","invokedBy":"rds.amazonaws.com""#, "rds.amazonaws.com"),
      (#""accountId":"1","invokedBy":"rds.amazonaws.com""#, "rds.amazonaws.com"),
      (#""type":"AssumedRole","arn":"S","invokedBy":"rds.amazonaws.com""#, "S"),
      (#""type":"AWSAccount","principalId":"AROA:job","accountId":"1""#, "AROA:job"),
      (#""type":"IdentityCenterUser","onBehalfOf":{"userId":"u-1"}"#, "u-1"),
      (#""type":"WebIdentityUser","userName":"w""#, "w"),
    ])
  func principals(identity: String, principal: String) {
    let batch = read("s3", "GetObject", ",\"userIdentity\":{\(identity)}")
    #expect(batch.rows.elements.map { batch.text($0.principal) } == [principal])
  }

  @Test(
    "Only renames lead from a call to its permission",
    arguments: [
      ("s3", "ListBuckets", "s3:ListAllMyBuckets"), ("s3", "ListObjectsV2", "s3:ListBucket"),
      ("s3", "GetBucketCors", "s3:GetBucketCORS"), ("s3", "PutObject", "s3:PutObject"),
      ("monitoring", "PutMetricData", "cloudwatch:PutMetricData"),
      ("email", "SendEmail", "ses:SendEmail"), ("lambda", "Invoke", "lambda:InvokeFunction"),
      ("lambda", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
      ("cloudfront", "CreateDistribution2020_05_31", "cloudfront:CreateDistribution"),
      ("cloud9", "CreateEnvironmentEC2", "cloud9:CreateEnvironmentEC2"),
      ("x", "20150331", "x:20150331"), ("x", "v2", "x:v2"),
      ("apigateway", "UpdateRestApi", "apigateway:PATCH"),
      ("apigateway", "ImportDocumentationParts", "apigateway:PUT"),
      ("budgets", "CreateBudgetAction", "budgets:CreateBudgetAction"),
      ("budgets", "DeleteBudget", "budgets:ModifyBudget"),
    ])
  func permissions(source: String, name: String, permission: String) {
    let batch = read(source, name)
    #expect(batch.rows.elements.map { batch.text($0.permission) } == [permission])
    #expect(batch.values(.authz, "event_name", row: 0) == [name])
  }

  @Test(
    "A target is named by the event, never guessed, redacted or truncated",
    arguments: [
      ("s3", #""requestParameters":{"bucketName":"b","key":"k/1"}"#, "arn:aws:s3:::b/k/1"),
      (
        "s3", #""awsRegion":"cn-north-1","requestParameters":{"bucketName":"b"}"#,
        "arn:aws-cn:s3:::b"
      ),
      ("s3", #""requestParameters":{"bucketName":"b","key":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#, ""),
      ("s3", #""requestParameters":{"bucketName":["b"]}"#, ""),
      ("s3", #""resources":[{"ARN":"arn:b"},{"ARN":"arn:b/k"},{"ARN":"arn:c"}]"#, "arn:b/k"),
      ("s3", #""resources":[{"ARN":"HIDDEN_DUE_TO_SECURITY_REASONS"}]"#, ""),
      ("iam", #""requestParameters":{"policyArn":"arn:p","roleName":"r"}"#, "r"),
      ("lambda", #""requestParameters":{"role":"arn:r","functionName":"f"}"#, "f"),
      ("ecs", #""requestParameters":{"roleArn":"arn:r"}"#, ""),
      ("kms", #""requestParameters":{"keyId":"k","omitted":true}"#, ""),
      ("kms", #""requestParameters":"keyId""#, ""),
    ])
  func targets(source: String, fields: String, target: String) {
    let batch = read(source, "X", "," + fields)
    #expect(batch.rows.elements.map { batch.text($0.target) } == [target])
    #expect(batch.values(.authz, "target_source", row: 0).isEmpty == target.isEmpty)
  }

  @Test("One record's parameters and resources do not show in the next")
  func leftovers() {
    let one =
      #"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt","resources":[{"ARN":"a"}]}"#
    let two =
      #"{"eventSource":"kms.amazonaws.com","eventName":"D","requestParameters":{"keyId":"k"}}"#
    let bare = #"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt"}"#
    let batch = TraceReadersTests.read(
      [one, bare, two, bare].joined(separator: "\n"), with: CloudTrailReader.self)
    #expect(batch.rows.elements.map { batch.text($0.target) } == ["a", "", "k", ""])
  }

  @Test("Notifications of S3 are not taken for events")
  func notifications() {
    let notification =
      #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"x","#
      + #""userIdentity":{},"requestParameters":{"sourceIPAddress":"1"},"s3":{}}]}"#
    #expect(!sniff(Array(notification.utf8), with: CloudTrailReader.self))
  }
}
