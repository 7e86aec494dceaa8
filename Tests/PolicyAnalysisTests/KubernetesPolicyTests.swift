import PolicyAnalysis
import TestSupport
import Testing

@Suite("Policies of Kubernetes") struct KubernetesPolicyTests {
  private func keys(_ policy: GeneratedPolicy) -> [String] {
    policy.statements.map {
      "\($0.grant.principal) \($0.grant.permission) \($0.grant.resource.text)"
    }
  }

  // MARK: What requests ask

  @Test("names count where the request named an object, and nowhere else")
  func objectNames() throws {
    var log = AuditLog()
    let pods = AuditLog.Request(resource: "pods", namespace: "shop", name: "web")
    for verb in ["get", "create", "deletecollection", "list", "delete"] {
      var request = pods
      request.verb = verb
      log.allow("ana", request)
    }
    log.allow(
      "ana",
      .init(verb: "create", resource: "pods", subresource: "exec", namespace: "shop", name: "web"))
    let policy = try log.policy()
    #expect(policy.replay.isExact)
    #expect(
      try RBACPolicy(policy.document).roles == [
        RBACRole(
          namespace: "shop", name: "vestige-ana",
          rules: [
            RBACRule(verbs: ["create", "deletecollection"], groups: [""], resources: ["pods"]),
            RBACRule(
              verbs: ["delete", "get", "list"], groups: [""], resources: ["pods"], names: ["web"]),
            RBACRule(verbs: ["create"], groups: [""], resources: ["pods/exec"], names: ["web"]),
          ])
      ])
  }

  @Test("a patch or update that made its object needs create with the object's name")
  func createOnWrite() throws {
    var log = AuditLog()
    let web = AuditLog.Request(
      verb: "patch", group: "apps", resource: "deployments", namespace: "shop", name: "web")
    log.allow("ci", web, code: 201)
    log.allow("ci", .init(verb: "patch", resource: "secrets", namespace: "shop", name: "s"))
    let policy = try log.policy()
    #expect(
      keys(policy) == [
        "ci create:deployments.apps namespaces/shop/deployments/web",
        "ci patch:deployments.apps namespaces/shop/deployments/web",
        "ci patch:secrets namespaces/shop/secrets/s",
      ])
    #expect(policy.statements.map(\.inference) == [.createOnWrite, nil, nil])
    #expect(
      policy.document.contains("# statement 1 inferred: the patch or update made the object (201)"))
    let without = try log.policy(without: [.createOnWrite])
    #expect(without.statements.count == 2)
    #expect(without.document.contains("--without-inferred create-on-write run"))
  }

  @Test("who acts in another's name needs impersonate for all that is taken on")
  func impersonation() throws {
    var log = AuditLog()
    let request = AuditLog.Request(resource: "pods", namespace: "shop", name: "web")
    log.allow("boss", request)
    log.impersonate(
      "ana", groups: ["dev", "system:authenticated"], uid: "7", extra: ["scopes": ["a", "b"]])
    log.allow("boss", request)
    log.impersonate(
      "system:serviceaccount:shop:robot",
      groups: ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"])
    log.allow("root", request, groups: ["system:masters"])
    log.impersonate("bo")
    let policy = try log.policy()
    #expect(policy.replay.isExact)
    #expect(
      keys(policy) == [
        "ana get:pods namespaces/shop/pods/web",
        "bo get:pods namespaces/shop/pods/web",
        "boss impersonate:groups groups/dev",
        "boss impersonate:serviceaccounts namespaces/shop/serviceaccounts/robot",
        "boss impersonate:uids.authentication.k8s.io uids/7",
        "boss impersonate:userextras.authentication.k8s.io/scopes userextras/a",
        "boss impersonate:userextras.authentication.k8s.io/scopes userextras/b",
        "boss impersonate:users users/ana",
        "system:serviceaccount:shop:robot get:pods namespaces/shop/pods/web",
      ])
    let boss = try log.policy(principal: "boss")
    #expect(boss.statements.count == 6 && boss.usage.accounting.granted == 2)
    #expect(try log.policy(principal: "ana").statements.count == 1)
    #expect(try log.policy(without: [.impersonate]).statements.count == 3)
    let folder = TemporaryFolder()
    guard let (verdict, _) = try AuditLog.verdict(on: policy, log: log.write(to: folder)) else {
      return
    }
    #expect(verdict.wrong.isEmpty && verdict.impersonations == 3)
  }

  @Test("impersonation under a constraint is not guessed, and said")
  func constrainedImpersonation() throws {
    var log = AuditLog()
    log.allow("boss", .init(resource: "pods", namespace: "shop", name: "web"))
    log.impersonate("ana", constraint: "impersonate:user-info")
    let policy = try log.policy()
    #expect(keys(policy) == ["ana get:pods namespaces/shop/pods/web"])
    #expect(policy.warnings.contains { $0.text.contains("constrained impersonation") })
  }

  @Test("what system:masters and the node authorizer allow is no matter of roles")
  func bypass() throws {
    var log = AuditLog()
    let request = AuditLog.Request(resource: "secrets", namespace: "shop", name: "s")
    log.allow("admin", request, groups: ["system:masters"], reason: "")
    log.allow("system:node:n1", request, groups: ["system:nodes"], reason: "")
    log.allow("system:node:n2", request, groups: ["system:nodes"])
    log.forbid("admin", request)
    let policy = try log.policy()
    #expect(keys(policy) == ["system:node:n2 get:secrets namespaces/shop/secrets/s"])
    #expect(policy.usage.accounting.count(.bypassesRBAC) == 2)
    #expect(policy.replay.isExact && policy.replay.deniedKeys == 1)
    let row = try #require(policy.usage.principals.first { $0.principal == "admin" })
    #expect(row.accounting.decisions == 2 && row.usedPermissions == 0)
  }

  @Test("paths count without their query, and only in roles of the cluster")
  func paths() throws {
    var log = AuditLog()
    log.allow("ana", .init(path: "/version?timeout=5s"))
    log.allow("ana", .init(path: "/version"))
    log.allow("ana", .init(path: "/healthz*"))
    let policy = try log.policy()
    #expect(policy.statements.count == 2)
    #expect(policy.notExpressible.map(\.statement) == [1])
    #expect(!policy.replay.isExact && policy.replay.excessive.isEmpty)
    #expect(
      try RBACPolicy(policy.document).roles
        == [RBACRole(name: "vestige-ana", rules: [RBACRule(verbs: ["get"], paths: ["/version"])])])
  }

  @Test("what RBAC takes for a wildcard is not said, and neither is what can be read in two ways")
  func wildcards() throws {
    var log = AuditLog()
    log.allow("ana", .init(verb: "*", resource: "pods", namespace: "shop"))
    log.allow("ana", .init(resource: "*", namespace: "shop", name: "a"))
    log.allow("ana", .init(group: "*", resource: "pods", namespace: "shop", name: "a"))
    log.allow("ana", .init(resource: "pods", namespace: "Shop", name: "a"))
    log.allow("ana", .init(resource: "pods", namespace: "shop", name: "*"))
    log.allow("ana", .init(resource: "pods.x", namespace: "shop", name: "a"))
    let policy = try log.policy()
    #expect(policy.notExpressible.count == 5)
    #expect(policy.replay.missing.isEmpty && policy.replay.excessive.isEmpty)
    let rules = try RBACPolicy(policy.document).roles.flatMap(\.rules)
    #expect(
      rules == [RBACRule(verbs: ["get"], groups: [""], resources: ["pods"], names: ["*"])])
  }

  // MARK: Roles and bindings

  @Test("the same rules in several namespaces are one ClusterRole, bound in each")
  func shared() throws {
    var log = AuditLog()
    for namespace in ["b", "a", "c"] {
      log.allow("ana", .init(verb: "list", resource: "pods", namespace: namespace))
    }
    log.allow("ana", .init(verb: "list", resource: "secrets", namespace: "c"))
    log.allow("ana", .init(verb: "list", resource: "nodes"))
    let policy = try log.policy()
    #expect(policy.replay.isExact && policy.replay.admitted == 0)
    let parsed = try RBACPolicy(policy.document)
    #expect(parsed.roles.map(\.namespace) == [nil, nil, "c"])
    #expect(parsed.bindings.map(\.namespace) == [nil, "a", "b", "c"])
    #expect(parsed.bindings.map(\.bindsClusterRole) == [true, true, true, false])
    #expect(Set(parsed.bindings[1...2].map(\.role)) == [parsed.roles[1].name])
    #expect(parsed.roles[1].name.hasPrefix("vestige-ana."))
    #expect(!policy.warnings.contains { $0.kind == .reachesFurther })
  }

  @Test("a namespace is in itself, and what is about all namespaces says so")
  func namespaces() throws {
    var log = AuditLog()
    log.allow("ana", .init(resource: "namespaces", namespace: "shop", name: "shop"))
    log.allow("ana", .init(verb: "create", resource: "namespaces", name: "new"))
    log.allow("ana", .init(verb: "list", resource: "pods"))
    log.forbid("ana", .init(resource: "namespaces", namespace: "other", name: "other"))
    log.forbid("ana", .init(verb: "list", resource: "pods", namespace: "shop"))
    let policy = try log.policy()
    #expect(policy.replay.missing.isEmpty)
    #expect(policy.replay.excessive.map(\.resource) == ["namespaces/shop/pods"])
    #expect(!policy.replay.isExact, "what is allowed everywhere cannot be denied somewhere")
    let further = policy.warnings.filter { $0.kind == .reachesFurther }
    #expect(further.map(\.statements.count) == [1])
  }

  @Test(
    "service accounts are subjects of their kind; names of objects are valid and tell all apart")
  func names() throws {
    var log = AuditLog()
    let request = AuditLog.Request(verb: "list", resource: "pods", namespace: "shop")
    let users = [
      "admin", "Admin", "ADMIN", "a@b", "a-b", "sa.shop.robot", "system:serviceaccount:shop:robot",
      "system:serviceaccount:Shop:robot", "system:serviceaccount:shop", ".", "-",
      String(repeating: "x", count: 300), "日本",
    ]
    for user in users { log.allow(user, request) }
    let policy = try log.policy()
    #expect(policy.replay.isExact)
    let parsed = try RBACPolicy(policy.document)
    #expect(parsed.roles.count == users.count)
    #expect(Set(parsed.roles.map(\.name)).count == users.count)
    #expect(Set(policy.files.map(\.name)).count == users.count)
    #expect(parsed.roles.contains { $0.name == "vestige-admin" })
    #expect(parsed.roles.contains { $0.name == "vestige-sa.shop.robot" })
    let accounts = parsed.bindings.flatMap(\.subjects).filter {
      $0 == .serviceAccount(namespace: "shop", name: "robot")
    }
    #expect(accounts.count == 1)
    let folder = TemporaryFolder()
    guard let (verdict, status) = try AuditLog.verdict(on: policy, log: log.write(to: folder))
    else { return }
    #expect(status == 0 && verdict.wrong.isEmpty && verdict.allowed_keys == users.count)
  }

  @Test("roles too large for kubectl are divided, and lose nothing")
  func limits() throws {
    var log = AuditLog()
    for number in 0..<4_000 {
      let name = "object-\(number)-" + String(repeating: "n", count: 90)
      log.allow("ana", .init(resource: "configmaps", namespace: "shop", name: name))
    }
    let policy = try log.policy()
    #expect(policy.replay.isExact && policy.replay.allowedKeys == 4_000)
    let parsed = try RBACPolicy(policy.document)
    #expect(
      parsed.roles.map(\.name) == [
        "vestige-ana", "vestige-ana.2", "vestige-ana.3", "vestige-ana.4",
      ])
    #expect(parsed.bindings.map(\.role) == parsed.roles.map(\.name))
    let folder = TemporaryFolder()
    guard let (verdict, status) = try AuditLog.verdict(on: policy, log: log.write(to: folder))
    else { return }
    #expect(status == 0 && verdict.wrong.isEmpty)
  }

  @Test("names that a YAML parser might take for something else are said exactly")
  func hostileNames() throws {
    var log = AuditLog()
    for text in HostileNameTests.texts where !text.isEmpty {
      log.allow("ana", .init(resource: "pods", namespace: "shop", name: text))
      log.forbid("ana", .init(resource: "pods", namespace: "shop", name: text + "x"))
      log.allow("u" + text, .init(resource: "pods", namespace: "shop", name: "web"))
      log.forbid("x" + text, .init(resource: "pods", namespace: "shop", name: "web"))
      log.allow("ana", .init(path: "/" + text))
      log.forbid("ana", .init(path: "/x" + text))
    }
    let policy = try log.policy()
    #expect(policy.replay.isExact && policy.notExpressible.isEmpty)
    let folder = TemporaryFolder()
    guard let (verdict, status) = try AuditLog.verdict(on: policy, log: log.write(to: folder))
    else { return }
    #expect(status == 0 && verdict.wrong.isEmpty)
    #expect(verdict.allowed_keys == policy.replay.allowedKeys)
  }

  @Test("the whole of a small policy")
  func document() throws {
    var log = AuditLog()
    log.allow("ci", .init(verb: "list", resource: "pods", namespace: "shop"))
    log.allow("ci", .init(resource: "pods", namespace: "shop", name: "web"))
    log.allow("ci", .init(resource: "secrets", namespace: "shop", name: "web"))
    log.allow("ci", .init(verb: "watch", resource: "nodes"))
    log.allow(
      "system:serviceaccount:shop:robot",
      .init(
        verb: "patch", group: "apps", resource: "deployments", namespace: "shop", name: "yes"),
      code: 201)
    log.allow("system:anonymous", .init(path: "/version"))
    log.forbid("ci", .init(verb: "delete", resource: "pods", namespace: "shop", name: "web"))
    let policy = try log.policy()
    expectGolden(policy.document, named: "kubernetes.yaml", in: "Expected")
  }
}
