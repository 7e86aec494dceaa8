import PolicyAnalysis
import Testing

@Suite("Rules of Kubernetes RBAC") struct RBACEngineTests {
  private func rule(
    _ verbs: [Name], _ groups: [Name], _ resources: [Name], names: [Name] = []
  ) -> RBACRule {
    RBACRule(verbs: verbs, groups: groups, resources: resources, names: names)
  }

  private let scale = KubernetesRequest(
    verb: "patch", group: "apps", resource: "deployments", subresource: "scale", namespace: "shop",
    name: "web")

  @Test("a rule needs verb, group, resource and name; an asterisk is any of the first three")
  func resources() {
    #expect(rule(["patch"], ["apps"], ["deployments/scale"]).allows(scale))
    #expect(rule(["*"], ["*"], ["*"]).allows(scale))
    #expect(rule(["patch"], ["apps"], ["*/scale"]).allows(scale))
    #expect(rule(["patch"], ["apps"], ["*/scale"], names: ["web"]).allows(scale))
    #expect(!rule(["patch"], ["apps"], ["deployments"]).allows(scale))
    #expect(!rule(["patch"], ["apps"], ["deployments/*"]).allows(scale))
    #expect(!rule(["patch"], [""], ["deployments/scale"]).allows(scale))
    #expect(!rule(["patch"], [], ["deployments/scale"]).allows(scale))
    #expect(!rule(["get", "PATCH"], ["apps"], ["deployments/scale"]).allows(scale))
    #expect(!rule(["patch"], ["apps"], ["deployments/scale"], names: ["*"]).allows(scale))
    #expect(!rule(["patch"], ["apps"], ["deployments/scale"], names: ["we"]).allows(scale))
    let list = KubernetesRequest(verb: "list", resource: "pods", namespace: "shop")
    #expect(!rule(["list"], [""], ["pods"], names: ["web"]).allows(list))
    #expect(!rule(["list"], [""], ["*/pods"]).allows(list))
  }

  @Test("paths match whole, or up to an asterisk at their end; resources never match paths")
  func paths() {
    let request = KubernetesRequest(verb: "get", path: "/healthz/etcd")
    func allows(_ pattern: Name) -> Bool {
      RBACRule(verbs: ["get"], paths: [pattern]).allows(request)
    }
    #expect(allows("/healthz/etcd") && allows("/healthz/*") && allows("/healthz*") && allows("*"))
    #expect(allows("/healthz**"))
    #expect(!allows("/healthz") && !allows("/healthz/") && !allows("/*/etcd") && !allows(""))
    #expect(!rule(["*"], ["*"], ["*"]).allows(request))
    #expect(!RBACRule(verbs: ["*"], paths: ["*"]).allows(scale))
  }

  private let policy = RBACPolicy(
    roles: [
      RBACRole(
        name: "reader", rules: [RBACRule(verbs: ["get"], groups: [""], resources: ["pods"])]),
      RBACRole(
        namespace: "shop", name: "reader",
        rules: [RBACRule(verbs: ["list"], groups: [""], resources: ["pods"])]),
    ],
    bindings: [
      RBACBinding(
        namespace: "shop", name: "of-role", bindsClusterRole: false, role: "reader",
        subjects: [
          .user("ana"), .serviceAccount(namespace: "", name: "robot"),
          .serviceAccount(namespace: "other", name: "robot"),
        ]),
      RBACBinding(
        namespace: "shop", name: "of-cluster-role", bindsClusterRole: true, role: "reader",
        subjects: [.group("dev")]),
      RBACBinding(
        name: "everywhere", bindsClusterRole: true, role: "reader",
        subjects: [.user("bo"), .serviceAccount(namespace: "", name: "robot")]),
      RBACBinding(
        name: "to-nothing", bindsClusterRole: true, role: "missing", subjects: [.user("ana")]),
      RBACBinding(
        name: "of-a-role", bindsClusterRole: false, role: "reader", subjects: [.user("ana")]),
    ])

  private func binding(
    _ verb: Name, in namespace: Name, by user: Name, groups: [Name] = []
  ) -> Name? {
    RBACEngine(policy).binding(
      allowing: KubernetesRequest(verb: verb, resource: "pods", namespace: namespace), by: user,
      groups: groups)?.name
  }

  @Test("a binding counts in its namespace, that of the cluster everywhere")
  func bindings() {
    #expect(binding("list", in: "shop", by: "ana") == "of-role")
    #expect(binding("list", in: "other", by: "ana") == nil)
    #expect(binding("list", in: "", by: "ana") == nil)
    #expect(binding("get", in: "shop", by: "ana") == nil)
    #expect(binding("get", in: "shop", by: "cy", groups: ["x", "dev"]) == "of-cluster-role")
    #expect(binding("get", in: "other", by: "cy", groups: ["dev"]) == nil)
    #expect(binding("get", in: "shop", by: "dev") == nil)
    #expect(binding("get", in: "other", by: "bo") == "everywhere")
    #expect(binding("get", in: "", by: "bo") == "everywhere")
  }

  @Test("a service account without a namespace is of its binding's; in the cluster it is nobody")
  func serviceAccounts() {
    #expect(binding("list", in: "shop", by: "system:serviceaccount:shop:robot") == "of-role")
    #expect(binding("list", in: "shop", by: "system:serviceaccount:other:robot") == "of-role")
    #expect(binding("get", in: "other", by: "system:serviceaccount:shop:robot") == nil)
    #expect(binding("list", in: "shop", by: "robot") == nil)
  }

  @Test("a request is taken apart and put together without loss")
  func requests() throws {
    let texts = [
      ("get:pods", "namespaces/shop/pods/web"), ("list:pods", "pods"),
      ("list:pods", "namespaces/a/pods"),
      ("patch:deployments.apps/scale", "namespaces/shop/deployments/web"),
      ("get:nonResourceURLs", "/api/v1"), ("get:namespaces", "namespaces/shop"),
      ("update:namespaces/finalize", "namespaces/shop"), ("list:namespaces", "namespaces"),
      ("impersonate:users", "users/a/b:c"), ("get:x.y.z/a.b", "x/1"),
      ("impersonate:userextras.authentication.k8s.io/example.com/scopes", "userextras/view"),
    ]
    for (permission, target) in texts {
      let request = try #require(
        KubernetesRequest(permission: Name(permission), target: Name(target)))
      #expect(request.permission == Name(permission) && request.target == Name(target))
    }
    let others = [
      ("get", "pods"), ("get:", "pods"), (":pods", "pods"), ("get:pods", "secrets/a"),
      ("get:pods", "podsx"), ("get:pods", "namespaces/shop"), ("get:pods", "namespaces//pods"),
      ("get:nonResourceURLs", "version"), ("s3:GetObject", "arn:aws:s3:::b/k"), ("get:.g", ""),
      ("secretmanager.versions.access", "projects/p/secrets/k"),
    ]
    for (permission, target) in others {
      #expect(KubernetesRequest(permission: Name(permission), target: Name(target)) == nil)
    }
  }

  // MARK: Reasons

  @Test("the binding that a reason names is found")
  func reasons() throws {
    let role = try #require(
      RBACReason(
        #"RBAC: allowed by RoleBinding "read/shop" of Role "reader" to ServiceAccount "robot/ops""#)
    )
    #expect(role.namespace == "shop" && role.binding == "read")
    #expect(role.role == "reader" && !role.bindsClusterRole)
    #expect(role.subject == .serviceAccount(namespace: "ops", name: "robot"))
    let cluster = try #require(
      RBACReason(
        #"RBAC: allowed by ClusterRoleBinding "a \"b\"" of ClusterRole "c\\d" to User "e\u00e9\x01""#
      ))
    #expect(cluster.namespace == nil && cluster.binding == #"a "b""#)
    #expect(cluster.role == #"c\d"# && cluster.bindsClusterRole)
    #expect(cluster.subject == .user("e\u{E9}\u{1}"))
    let group = RBACReason(
      #"RBAC: allowed by RoleBinding "a/b" of ClusterRole "view" to Group "system:authenticated""#)
    #expect(group?.subject == .group("system:authenticated"))
    #expect(group?.bindsClusterRole == true)
  }

  @Test(
    "other reasons name none",
    arguments: [
      "", "RBAC: ", "RBAC: allowed by", "webhook said so", #"RBAC: clusterrole "x" not found"#,
      #"RBAC: allowed by RoleBinding "a" of Role "b" to User "c""#,
      #"RBAC: allowed by RoleBinding "a/b" of Role "b" to User "c" and more"#,
      #"RBAC: allowed by RoleBinding "a/b" of Role "b" to User "c"#,
      #"RBAC: allowed by RoleBinding "a/b" of Role "b" to User "\xff""#,
      #"RBAC: allowed by RoleBinding "a/b" of Role "b" to Nobody "c""#,
      #"RBAC: allowed by RoleBinding "a/b" of Role "\u12" to User "c""#,
    ])
  func otherReasons(reason: String) {
    #expect(RBACReason(reason) == nil)
  }
}
