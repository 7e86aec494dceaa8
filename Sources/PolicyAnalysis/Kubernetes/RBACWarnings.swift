/// What is to be said about roles and bindings.
struct RBACWarnings {
  private let emission: RBACEmission

  init(_ emission: RBACEmission) { self.emission = emission }

  func all(_ replay: PolicyProof.Summary) -> [PolicyWarning] {
    var warnings = PolicyWarning.recording(emission.usage, emission.statements)
    if !replay.decidesAsMeant { warnings.append(.replay(replay)) }
    if !emission.notExpressible.isEmpty {
      warnings.append(.notExpressible(emission.notExpressible))
    }
    return warnings
      + [anonymous, masters, everywhere, delegation, inferred, constrained].compactMap { $0 }
  }

  private func warning(
    _ kind: PolicyWarning.Kind, _ severity: PolicyWarning.Severity, _ text: String,
    where isMeant: (Statement, KubernetesRequest) -> Bool
  ) -> PolicyWarning? {
    let numbers = emission.said.filter { isMeant($0.statement, $0.request) }
      .map(\.statement.number)
    if numbers.isEmpty { return nil }
    return PolicyWarning(
      kind, severity, "\(counted(numbers.count, "statement")) \(text)", statements: numbers)
  }

  private var anonymous: PolicyWarning? {
    warning(
      .reachesFurther, .warning,
      "for system:anonymous, which is everybody who can reach the API server"
    ) { statement, _ in statement.grant.principal == "system:anonymous" }
  }

  private var masters: PolicyWarning? {
    warning(
      .reachesFurther, .warning,
      "for taking on the group system:masters, which is to be allowed everything"
    ) { _, request in
      request.verb == "impersonate" && request.resource == "groups"
        && request.name == "system:masters"
    }
  }

  /// Resources of Kubernetes itself that are in no namespace.
  private static let clusterScoped: Set<Name> = [
    "apiservices", "certificatesigningrequests", "clusterrolebindings", "clusterroles",
    "clustertrustbundles", "componentstatuses", "csidrivers", "csinodes",
    "customresourcedefinitions", "deviceclasses", "flowschemas", "ingressclasses", "ipaddresses",
    "mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
    "mutatingwebhookconfigurations", "namespaces", "nodes", "persistentvolumes",
    "podsecuritypolicies", "priorityclasses", "prioritylevelconfigurations", "resourceslices",
    "runtimeclasses", "selfsubjectaccessreviews", "selfsubjectreviews",
    "selfsubjectrulesreviews", "servicecidrs", "storageclasses", "subjectaccessreviews",
    "tokenreviews", "validatingadmissionpolicies", "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations", "volumeattachments", "volumeattributesclasses",
  ]

  private var everywhere: PolicyWarning? {
    warning(
      .reachesFurther, .note,
      "for requests about all namespaces, which allow the same in each of them"
    ) { _, request in
      request.path == nil && request.namespace.isEmpty
        && (request.verb == "list" || request.verb == "watch")
        && !RBACWarnings.clusterScoped.contains(request.resource)
    }
  }

  private var delegation: PolicyWarning? {
    warning(
      .reachesLess, .warning,
      "for writing roles or bindings, which the API server lets only those do who hold all that is "
        + "in them, or may 'escalate' and 'bind': neither is recorded"
    ) { _, request in
      request.group == "rbac.authorization.k8s.io"
        && (request.verb == "create" || request.verb == "update" || request.verb == "patch")
    }
  }

  private var inferred: PolicyWarning? {
    warning(
      .inferred, .note,
      "inferred from what requests did: no decision about them was recorded; --without-inferred "
        + "leaves them out"
    ) { statement, _ in statement.inference != nil }
  }

  private var constrained: PolicyWarning? {
    let count =
      (emission.usage.interpreter as? KubernetesInterpreter)?.constrainedImpersonations ?? 0
    if count == 0 { return nil }
    return PolicyWarning(
      .reachesLess, .warning,
      "\(counted(count, "request")) in another's name under constrained impersonation: what that "
        + "needs is not granted")
  }
}
