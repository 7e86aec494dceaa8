import Foundation
import TestSupport
import Testing

@testable import PolicyAnalysis

@Suite("Policies for AWS") struct AWSPolicyTests {
  // MARK: Accounting

  @Test("every event is granted or left out for one reason")
  func accounting() throws {
    var trail = Trail()
    trail.call("s3", "ListBuckets")
    trail.call("s3", "ListBuckets", error: "AccessDenied")
    trail.call("ec2", "DescribeInstances", error: "Client.UnauthorizedOperation")
    trail.call("s3", "ListBuckets", error: "ThrottlingException")
    trail.call("s3", "ListBuckets", error: "ExpiredToken")
    trail.call("sts", "GetCallerIdentity")
    trail.call("signin", "ConsoleLogin", more: ["eventType": "AwsConsoleSignIn"])
    trail.call("kms", "RotateKey", more: ["eventType": "AwsServiceEvent"])
    let others: [[String: Any]] = [
      ["type": "AWSService", "invokedBy": "ec2.amazonaws.com"],
      ["type": "Root", "arn": "arn:aws:iam::111122223333:root"],
      ["type": "AWSAccount", "principalId": "AROAX:s", "accountId": "444455556666"],
      ["type": "WebIdentityUser", "userName": "someone"],
      Trail.role("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/R"),
    ]
    for identity in others { trail.call("s3", "ListBuckets", more: ["userIdentity": identity]) }
    let time = "2026-01-01T00:00:00Z"
    trail.call("s3", "ListBuckets", more: ["eventID": "e0", "eventTime": time])
    trail.call("s3", "ListBuckets", more: ["eventID": "e0"])
    for account in ["444455556666", "111122223333"] {
      trail.call(
        "s3", "ListBuckets",
        more: ["sharedEventID": "s", "recipientAccountId": account, "eventTime": time])
    }
    let policy = try trail.policy()
    #expect(policy.grants == ["s3:ListAllMyBuckets on *"])
    #expect(policy.usage.accounting.granted == 3 && policy.usage.accounting.decisions == 17)
    #expect(
      policy.leftOut == [
        .denied: 2, .unknownOutcome: 1, .unauthenticated: 1, .needsNoPermission: 1, .notACall: 2,
        .calledByService: 1, .rootUser: 1, .otherAccount: 1, .noPolicyHolder: 1,
        .serviceLinkedRole: 1, .duplicate: 2,
      ])
    #expect(policy.document.contains("\"all\": 17"))
  }

  @Test("a denial that names its permission denies just that")
  func denial() throws {
    var trail = Trail()
    let role = "arn:aws:iam::111122223333:role/worker"
    let parameters = ["functionName": "f", "role": role]
    trail.call("lambda", "CreateFunction20150331", parameters)
    trail.call(
      "lambda", "CreateFunction20150331", ["functionName": "g", "role": role],
      error: "AccessDenied",
      more: [
        "errorMessage":
          "User: \(Trail.user) is not authorized to perform: iam:GetRole on resource: "
          + "\(role) because no identity-based policy allows the iam:GetRole action"
      ])
    let policy = try trail.policy()
    #expect(policy.usage.denied.map(\.key.permission) == ["iam:GetRole"])
    #expect(policy.usage.denied.map(\.key.resource) == [Name(role)])
    #expect(policy.replay.isExact)
  }

  // MARK: Documents

  @Test("each principal has documents of its own, for the role and not for its session")
  func principals() throws {
    var trail = Trail()
    trail.call("s3", "ListBuckets")
    let role = "arn:aws:iam::111122223333:role/team/worker"
    trail.call("ec2", "DescribeInstances", more: ["userIdentity": Trail.role(role)])
    let policy = try trail.policy()
    #expect(
      policy.files.map(\.name) == [
        "role-111122223333-worker.json", "user-111122223333-ana.json",
      ])
    #expect(!policy.files[0].text.contains("s3:"))
    let one = try trail.policy { $0.principal = role }
    #expect(one.files.count == 1 && one.leftOut[.otherPrincipal] == 1)
  }

  @Test("the document reads like this")
  func text() throws {
    var trail = Trail()
    trail.call("s3", "GetObject", ["bucketName": "b", "key": "k"])
    trail.call("s3", "PutObject", ["bucketName": "b", "key": "k"])
    trail.call("lambda", "CreateFunction20150331", ["functionName": "f", "role": Self.role])
    #expect(
      try trail.policy().files[0].text == """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "InferredIamPassRoleOnRoleToLambda",
              "Effect": "Allow",
              "Action": "iam:PassRole",
              "Resource": "\(Self.role)",
              "Condition": {
                "StringEquals": {
                  "iam:PassedToService": "lambda.amazonaws.com"
                }
              }
            },
            {
              "Sid": "LambdaCreateFunctionOnFunction",
              "Effect": "Allow",
              "Action": "lambda:CreateFunction",
              "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f"
            },
            {
              "Sid": "S3ReadWriteOnObjects",
              "Effect": "Allow",
              "Action": [
                "s3:GetObject",
                "s3:PutObject"
              ],
              "Resource": "arn:aws:s3:::b/k"
            }
          ]
        }

        """)
  }

  private static let role = "arn:aws:iam::111122223333:role/worker"

  /// Some hundred objects, and some that only some were done to.
  private static func objects(_ count: Int) -> Trail {
    var trail = Trail()
    for number in 0..<count {
      let call = ["bucketName": "b", "key": String(repeating: "k", count: 30) + "\(number)"]
      trail.call("s3", "GetObject", call)
      if number.isMultiple(of: 3) { trail.call("s3", "PutObject", call) }
    }
    return trail
  }

  @Test("documents stay within AWS's limit, counted without white space, and lose nothing")
  func limits() throws {
    let policy = try Self.objects(400).policy()
    #expect(policy.files.count > 3 && policy.replay.isExact)
    for file in policy.files {
      let counted = file.text.filter { !$0.isWhitespace }.count
      let document = try IAMDocument(file.text)
      #expect(counted <= 6_144 && counted == document.countedCharacters)
    }
    let sids = try policy.files.flatMap { try IAMDocument($0.text).statements.map(\.sid) }
    #expect(Set(sids).count == sids.count)
  }

  @Test("inline policies are not divided, and too long ones are an error")
  func inline() throws {
    let policy = try Self.objects(60).policy { $0.isInline = true }
    #expect(policy.files.count == 1 && policy.document.contains("\"kind\": \"inline\""))
    #expect(policy.warnings.contains { $0.kind == .limitExceeded && $0.severity == .error })
  }

  @Test("dropping any action, resource or condition of a document loses an allowed key")
  func minimal() throws {
    var trail = Self.objects(7)
    trail.call("lambda", "CreateFunction20150331", ["functionName": "f", "role": Self.role])
    trail.call("ec2", "DescribeInstances")
    let policy = try trail.policy()
    let document = try IAMDocument(try #require(policy.files.first).text)
    func lost(_ changed: IAMDocument) -> Bool {
      let engine = IAMEngine([changed])
      return policy.usage.used.contains { !engine.allows($0.key) }
    }
    #expect(!lost(document))
    for (number, statement) in document.statements.enumerated() {
      for part in 0..<(statement.actionTexts.count + statement.resourceTexts.count) {
        var changed = document
        var actions = statement.actionTexts
        var resources = statement.resourceTexts
        if part < actions.count {
          actions.remove(at: part)
        } else {
          resources.remove(at: part - actions.count)
        }
        changed.statements[number].actions = .only(actions)
        changed.statements[number].resources = .only(resources)
        #expect(lost(changed), "\(statement.sid) without part \(part)")
      }
    }
    // Without its condition a statement would admit what was not seen.
    let open = PermissionKey(Trail.user, "iam:PassRole", Self.role)
    #expect(!IAMEngine([document]).allows(open))
  }

  @Test("the order of events changes nothing")
  func order() throws {
    var trail = Self.objects(50)
    trail.call("ec2", "RunInstances", ["iamInstanceProfile": ["name": "p"]])
    let request = PolicyRequest(dialect: .aws, paths: ["run"])
    let first = try PolicyGenerator.generate(from: trail.indexes(), request)
    let other = try PolicyGenerator.generate(from: trail.indexes(reversed: true), request)
    #expect(first.files == other.files && first.grants == other.grants)
  }

  @Test("a row leads to its statements, and each statement to its rows")
  func evidence() throws {
    var trail = Trail()
    trail.call("lambda", "CreateFunction20150331", ["functionName": "f", "role": Self.role])
    trail.call("s3", "ListBuckets", error: "AccessDenied")
    let indexes = try trail.indexes()
    let policy = try PolicyGenerator.generate(
      from: indexes, PolicyRequest(dialect: .aws, paths: ["run"]))
    #expect(policy.statements.map { policy.rows(behind: $0, in: indexes[0]) } == [[0], [0]])
    #expect(
      policy.explanation(ofRow: 0, in: indexes[0])?.sentence
        == "This row is behind statements 1-2.")
    #expect(
      policy.explanation(ofRow: 1, in: indexes[0])?.sentence
        == "A denied call grants nothing. Needed: s3:ListAllMyBuckets on *.")
  }

  // MARK: The catalogue

  @Test("the catalogue that is part of the program is what its digest says")
  func catalogue() throws {
    let file = AWSCatalogueFile.builtIn
    #expect(file.serviceCount == 457 && file.actionCount == 22_321 && file.date == "2026-10-27")
    let catalogue = AWSCatalogue(file, prefixes: ["iam", "s3", "lambda"])
    let create = try #require(catalogue.action("LAMBDA:createfunction"))
    #expect(create.permission == "lambda:CreateFunction" && create.passesRole)
    #expect(create.level == .write && create.use("function")?.isRequired == true)
    #expect(catalogue.action("iam:PassRole")?.conditionKeys.contains("iam:PassedToService") == true)
    #expect(catalogue.action("ec2:RunInstances") == nil, "its service was not asked for")
  }

  @Test("what is no catalogue is refused, and says why")
  func foreignCatalogues() {
    func error(_ text: String) -> AWSCatalogueError? {
      do throws(AWSCatalogueError) {
        _ = try AWSCatalogueFile(Array(text.utf8))
        return nil
      } catch { return error }
    }
    let head = "vestige-catalogue\taws-iam\t1\ndate\t2026-01-01\nsha256\tx\n"
    #expect(error("") == .foreign && error("S\ts3\n") == .foreign)
    #expect(error("vestige-catalogue\taws-iam\t2\n") == .version("2"))
    #expect(
      error(head) == .damaged(byte: head.utf8.count)
        && error(head + "S\ts3") == .damaged(byte: head.utf8.count))
    #expect(
      error(head + "X\ts3\n") == .damaged(byte: head.utf8.count) && error(head + "S\ts3\n") == nil)
  }
}
