import PolicyAnalysis
import TestSupport
import TraceIndex

/// Runs made up by chance, of every dialect: the same seed gives the same run.
enum MadeUpRuns {
  /// The policy of a run.
  static func policy(_ dialect: PolicyDialect, seed: Int) throws -> GeneratedPolicy {
    var dice = Dice(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
    switch dialect {
    case .emulator, .gcp, .cedar:
      return try events(&dice).policy(dialect)
    case .aws: return try trail(&dice).policy()
    case .kubernetes: return try log(&dice).policy()
    }
  }

  private static func events(_ dice: inout Dice) -> Events {
    let principals = ["serviceAccount:pay@p.iam", "serviceAccount:ship@p.iam", "user:ana@shop"]
    let places = [
      "projects/p", "projects/q", "projects/p/secrets/api", "projects/p/secrets/api/versions/3",
      "projects/p/secrets/api/versions/latest", "projects/p/secrets/db", "projects/p/topics/t",
      "projects/q/secrets/db/versions/1", "projects/p/locations/eu", "projects/p/locations/us",
      "projects/p/locations/eu/keyRings/r", "projects/p/locations/eu/keyRings/r/cryptoKeys/k",
      "projects/p/buckets/b", "projects/p/buckets/b/objects/a.txt",
      "projects/p/buckets/b/objects/dir/b.txt",
    ]
    let permissions = [
      "secretmanager.versions.access", "secretmanager.secrets.get", "storage.objects.get",
      "storage.objects.create", "cloudkms.cryptoKeys.decrypt", "pubsub.topics.publish",
    ]
    var events = Events()
    for _ in 0..<Int.random(in: 4...14, using: &dice) {
      let principal = pick(principals, &dice)
      let permission = pick(permissions, &dice)
      let place = pick(places, &dice)
      if Int.random(in: 0..<4, using: &dice) == 0 {
        events.deny(principal, permission, place)
      } else {
        events.allow(principal, permission, place)
      }
    }
    // A run without a grant has no policy to try.
    events.allow(principals[0], permissions[0], places[2])
    return events
  }

  private static func trail(_ dice: inout Dice) -> Trail {
    var trail = Trail()
    let roles = ["arn:aws:iam::111122223333:role/ci", "arn:aws:iam::111122223333:role/app/web"]
    for _ in 0..<Int.random(in: 3...10, using: &dice) {
      var more: [String: Any] = [:]
      if Bool.random(using: &dice) { more["userIdentity"] = Trail.role(pick(roles, &dice)) }
      let error = Int.random(in: 0..<5, using: &dice) == 0 ? "AccessDenied" : nil
      let bucket = pick(["logs", "data"], &dice)
      let key = pick(["a.txt", "b*c.txt", "dir/a"], &dice)
      switch Int.random(in: 0..<8, using: &dice) {
      case 0:
        trail.call("s3", "GetObject", ["bucketName": bucket, "key": key], error: error, more: more)
      case 1:
        trail.call("s3", "PutObject", ["bucketName": bucket, "key": key], error: error, more: more)
      case 2: trail.call("s3", "ListBuckets", error: error, more: more)
      case 3:
        trail.call(
          "lambda", "CreateFunction20150331",
          ["functionName": bucket, "role": pick(roles, &dice)], error: error, more: more)
      case 4:
        trail.call(
          "dynamodb", pick(["GetItem", "PutItem"], &dice), ["tableName": bucket], error: error,
          more: more)
      case 5:
        trail.call(
          "secretsmanager", "GetSecretValue", ["secretId": bucket], error: error, more: more)
      case 6: trail.call("ec2", "DescribeInstances", error: error, more: more)
      default:
        trail.call("sqs", "SendMessage", ["queueUrl": "https://q/1/\(bucket)"], more: more)
      }
    }
    trail.call("s3", "GetObject", ["bucketName": "logs", "key": "first"])
    return trail
  }

  private static func log(_ dice: inout Dice) -> AuditLog {
    var log = AuditLog()
    let users = ["ana", "system:serviceaccount:shop:orders", "ci"]
    for _ in 0..<Int.random(in: 4...14, using: &dice) {
      var request = AuditLog.Request()
      if Int.random(in: 0..<8, using: &dice) == 0 {
        request.path = pick(["/healthz", "/version"], &dice)
      } else {
        (request.group, request.resource) = pick(
          [("", "pods"), ("", "secrets"), ("apps", "deployments")], &dice)
        request.namespace = pick(["shop", "pay"], &dice)
        request.verb = pick(["get", "list", "create", "update", "delete"], &dice)
        if request.verb != "list", request.verb != "create" {
          request.name = pick(["web", "db"], &dice)
        }
        if request.verb == "list", Bool.random(using: &dice) { request.namespace = "" }
        if request.resource == "pods", request.verb == "get", Bool.random(using: &dice) {
          request.subresource = "log"
        }
      }
      if Int.random(in: 0..<5, using: &dice) == 0 {
        log.forbid(pick(users, &dice), request)
      } else {
        log.allow(pick(users, &dice), request)
      }
    }
    log.allow(
      "ana", AuditLog.Request(verb: "get", resource: "pods", namespace: "shop", name: "first"))
    return log
  }

  private static func pick<T>(_ values: [T], _ dice: inout Dice) -> T {
    values[Int.random(in: values.indices, using: &dice)]
  }
}
