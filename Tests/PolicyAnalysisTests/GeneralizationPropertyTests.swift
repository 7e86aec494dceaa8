import Foundation
import TestSupport
import Testing
import TraceIndex

@testable import PolicyAnalysis

/// Policies with each statement on a rung of its own, read back and asked about all that is near.
@Suite("Generalized policies allow what their patterns match")
struct GeneralizationPropertyTests {
  private static let people = ["user:ana@x.org", "user:bo@x.org"]

  /// Puts each statement on a random rung that its dialect has words for.
  private func generalization(
    of policy: GeneratedPolicy, _ dice: inout Dice
  ) -> Generalization {
    var result = Generalization()
    result.includesSensitive = true
    for statement in policy.statements {
      result.chosen[statement.id] = policy.dialect.rungs.randomElement(using: &dice)
    }
    return result
  }

  /// Compares an engine with the patterns, for each principal and permission on each resource;
  /// returns how many it was asked about and how many of these were wider than what was recorded.
  private func compare(
    _ policy: GeneratedPolicy, on resources: Set<Name>, allows: (PermissionKey) -> Bool
  ) -> (asked: Int, wider: Int) {
    #expect(policy.replay.isExact, "\(policy.replay)")
    let pairs = Set(
      policy.statements.map { PermissionKey($0.key.principal.text, $0.key.permission.text, "") })
    let used = Set(policy.usage.used.map(\.key))
    var wider = 0
    for pair in pairs {
      for resource in resources {
        let key = PermissionKey(pair.principal.text, pair.permission.text, resource.text)
        let isMatched = policy.statements.contains { $0.grant.covers(key) }
        #expect(allows(key) == isMatched, "\(key)")
        if isMatched && !used.contains(key) { wider += 1 }
      }
    }
    return (pairs.count * resources.count, wider)
  }

  /// Runs `cases` policies over random events on `resources`.
  private func run(
    _ dialect: PolicyDialect, cases: Int, permissions: [String], resources: [String],
    engine: (GeneratedPolicy) throws -> (PermissionKey) -> Bool
  ) throws {
    var dice = Dice(seed: 0x5EED)
    var wider = 0
    for _ in 0..<cases {
      var events = Events()
      for _ in 0..<24 {
        let who = Self.people.randomElement(using: &dice) ?? ""
        let what = permissions.randomElement(using: &dice) ?? ""
        let place = resources.randomElement(using: &dice) ?? ""
        if Int.random(in: 0..<6, using: &dice) == 0 {
          events.deny(who, what, place)
        } else {
          events.allow(who, what, place)
        }
      }
      let index = try events.index()
      var request = PolicyRequest(dialect: dialect, paths: ["run"])
      let exact = try PolicyGenerator.generate(from: [index], request)
      request.generalization = generalization(of: exact, &dice)
      let policy = try PolicyGenerator.generate(from: [index], request)
      wider +=
        compare(policy, on: Set(resources.map { Name($0) }), allows: try engine(policy)).wider
    }
    #expect(wider > cases)
  }

  @Test("the emulator") func emulator() throws {
    let rings = ["a", "b"].flatMap { ring in
      ["k", "l"].map { "projects/p/locations/eu/keyRings/\(ring)/cryptoKeys/\($0)" }
    }
    let secrets = ["one", "two", "three"].map { "projects/p/secrets/\($0)" }
    let versions = ["one", "two"].map { "projects/q/secrets/\($0)/versions/1" }
    try run(
      .emulator, cases: 60, permissions: ["a.b.get", "a.b.list"],
      resources: rings + secrets + versions
    ) { policy in
      let engine = EmulatorEngine(try EmulatorPolicy(reading: policy.document))
      return { engine.allows($0, at: 0) }
    }
  }

  @Test("Google Cloud") func googleCloud() throws {
    let objects = ["logs/a/1", "logs/a/2", "logs/b-1", "x", "logs-old/1"].map {
      "projects/shop/buckets/b/objects/\($0)"
    }
    let secrets = ["one", "two"].map { "projects/shop/secrets/\($0)" }
    let regional = ["projects/shop/locations/eu/secrets/one", "projects/other/secrets/one"]
    let keys = ["k", "l"].map { "projects/shop/locations/eu/keyRings/r/cryptoKeys/\($0)" }
    try run(
      .gcp, cases: 60, permissions: ["a.b.get", "a.b.delete"],
      resources: objects + secrets + regional + keys + ["projects/shop/topics/t"]
    ) { policy in
      let engine = GoogleEngine(
        GoogleEmission(policy.statements, usage: policy.usage).document)
      return engine.allows
    }
  }

  @Test("Cedar") func cedar() throws {
    try run(
      .cedar, cases: 60, permissions: ["get", "put", "s3:GetObject"],
      resources: ["a", "b/c", "b/*", "*", "é", "e\u{301}"]
    ) { policy in
      let engine = CedarEngine(try CedarPolicySet(policy.document))
      return { engine.allows(CedarRequest($0)) }
    }
  }

  @Test("Kubernetes") func kubernetes() throws {
    var dice = Dice(seed: 0xCAFE)
    var wider = 0
    for _ in 0..<40 {
      let folder = TemporaryFolder()
      let indexes = try Trail.ingest(try Self.log(&dice).write(to: folder))
      var request = PolicyRequest(dialect: .kubernetes, paths: ["run"])
      let exact = try PolicyGenerator.generate(from: indexes, request)
      request.generalization = generalization(of: exact, &dice)
      let policy = try PolicyGenerator.generate(from: indexes, request)
      let engine = RBACEngine(try RBACPolicy(policy.document))
      let permissions = Set(policy.statements.map(\.key.permission))
      for permission in permissions {
        // A permission is about resources or about paths, and only asked for on those.
        let places = Self.places.filter {
          KubernetesRequest(permission: permission, target: $0) != nil
        }
        var part = policy.statements.filter { $0.key.permission == permission }
        part.sort { $0.number < $1.number }
        for key in places.flatMap({ place in
          Set(part.map(\.key.principal)).map {
            PermissionKey($0.text, permission.text, place.text)
          }
        }) {
          let isMatched = part.contains { $0.grant.covers(key) }
          #expect(engine.allows(key) == isMatched, "\(key)")
          if isMatched && !part.contains(where: { $0.key == key }) { wider += 1 }
        }
      }
      #expect(policy.replay.isExact)
      var inJSON = request
      inJSON.notation = .json
      let json = try PolicyGenerator.generate(from: indexes, inJSON).document
      #expect(try RBACPolicy(json).roles.map(\.name) == engine.policy.roles.map(\.name))
      #expect(try RBACPolicy(json).bindings == engine.policy.bindings)
    }
    #expect(wider > 40)
  }

  private static let places: [Name] =
    ["pods", "nodes", "nodes/n1", "nodes/n2", "namespaces/a", "namespaces/b", "pods/x"]
    + ["a", "b", "c"].flatMap { space in
      ["", "/x", "/y", "/x-y"].map { Name("namespaces/\(space)/pods\($0)") }
    } + ["/api/v1", "/api/v2", "/apis", "/healthz", "/healthz/a/b", "/healthz/a/c"]

  private static func log(_ dice: inout Dice) -> AuditLog {
    var log = AuditLog()
    for _ in 0..<24 {
      let user = ["ana", "bo"].randomElement(using: &dice) ?? ""
      var request = AuditLog.Request(verb: ["get", "delete"].randomElement(using: &dice) ?? "")
      switch Int.random(in: 0..<4, using: &dice) {
      case 0: request.path = ["/api/v1", "/healthz/a/b", "/apis"].randomElement(using: &dice) ?? ""
      case 1:
        request.resource = "nodes"
        request.name = "n1"
      case 2:
        request.resource = "namespaces"
        request.name = "a"
      default:
        request.resource = "pods"
        request.namespace = ["a", "b"].randomElement(using: &dice) ?? ""
        request.name = ["x", "y", "x-y"].randomElement(using: &dice) ?? ""
      }
      if Int.random(in: 0..<6, using: &dice) == 0 {
        log.forbid(user, request)
      } else {
        log.allow(user, request)
      }
    }
    return log
  }

  @Test("AWS") func aws() throws {
    var dice = Dice(seed: 0xA35)
    var wider = 0
    let keys = [
      "logs/a", "logs/b", "logs/2026/a", "logs-x", "${aws:x}", "*", "logs/*", "?a/b", "a:b/c",
      "é/b",
    ]
    let buckets = ["shop-one", "shop-two", "other"]
    let resources = Set(
      buckets.flatMap { bucket in
        keys.map { Name("arn:aws:s3:::\(bucket)/" + IAMPattern.literal($0)) }
      } + buckets.map { Name("arn:aws:s3:::\($0)") })
    for _ in 0..<30 {
      var trail = Trail()
      for _ in 0..<20 {
        let event = ["GetObject", "DeleteObject", "GetObjectTagging"].randomElement(using: &dice)
        trail.call(
          "s3", event ?? "",
          [
            "bucketName": buckets.randomElement(using: &dice) ?? "",
            "key": keys.randomElement(using: &dice) ?? "",
          ], error: Int.random(in: 0..<6, using: &dice) == 0 ? "AccessDenied" : nil)
      }
      let indexes = try trail.indexes()
      var request = PolicyRequest(dialect: .aws, paths: ["run"])
      let exact = try PolicyGenerator.generate(from: indexes, request)
      request.generalization = generalization(of: exact, &dice)
      let policy = try PolicyGenerator.generate(from: indexes, request)
      let engine = IAMEngine(try policy.files.map { try IAMDocument($0.text) })
      wider += compare(policy, on: resources, allows: engine.allows).wider
    }
    #expect(wider > 30)
  }
}
