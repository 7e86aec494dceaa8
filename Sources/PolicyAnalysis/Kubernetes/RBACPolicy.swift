/// Roles and bindings of Kubernetes RBAC.
package struct RBACPolicy: Sendable, Equatable {
  package var roles: [RBACRole] = []
  package var bindings: [RBACBinding] = []

  package init(roles: [RBACRole] = [], bindings: [RBACBinding] = []) {
    self.roles = roles
    self.bindings = bindings
  }
}

/// A Role, or a ClusterRole.
package struct RBACRole: Sendable, Equatable {
  /// Nil for a ClusterRole.
  package var namespace: Name?
  package var name: Name
  package var rules: [RBACRule]
  /// Whether the cluster fills in the rules of others, so that more may hold than is written.
  package var isAggregated: Bool

  package init(
    namespace: Name? = nil, name: Name, rules: [RBACRule], isAggregated: Bool = false
  ) {
    self.namespace = namespace
    self.name = name
    self.rules = rules
    self.isAggregated = isAggregated
  }
}

/// Every verb on every resource of every group, or on every path.
package struct RBACRule: Sendable, Equatable {
  package var verbs: [Name]
  package var groups: [Name] = []
  package var resources: [Name] = []
  /// Empty for all objects.
  package var names: [Name] = []
  package var paths: [Name] = []
  /// Numbers of the statements that the rule was made for, ascending; empty in a policy read from a
  /// file.
  package var statements: [Int] = []

  package init(
    verbs: [Name], groups: [Name] = [], resources: [Name] = [], names: [Name] = [],
    paths: [Name] = [], statements: [Int] = []
  ) {
    self.verbs = verbs
    self.groups = groups
    self.resources = resources
    self.names = names
    self.paths = paths
    self.statements = statements
  }
}

/// A RoleBinding, or a ClusterRoleBinding.
package struct RBACBinding: Hashable, Sendable {
  /// Nil for a ClusterRoleBinding.
  package var namespace: Name?
  package var name: Name
  /// Whether it binds a ClusterRole.
  package var bindsClusterRole: Bool
  package var role: Name
  package var subjects: [RBACSubject]

  package init(
    namespace: Name? = nil, name: Name, bindsClusterRole: Bool, role: Name, subjects: [RBACSubject]
  ) {
    self.namespace = namespace
    self.name = name
    self.bindsClusterRole = bindsClusterRole
    self.role = role
    self.subjects = subjects
  }
}

/// To whom a role is bound.
package enum RBACSubject: Hashable, Sendable {
  case user(Name)
  case group(Name)
  /// Without a namespace it is that of the binding.
  case serviceAccount(namespace: Name, name: Name)

  /// The user of this name: a service account where the name is of one.
  package init(userName: Name) {
    if let account = KubernetesServiceAccount(userName: userName) {
      self = .serviceAccount(namespace: account.namespace, name: account.name)
    } else {
      self = .user(userName)
    }
  }
}
