import WireFormats

/// Finds all permissions that a call needs: its own, and those that its parameters ask for.
struct AWSPermissions: Sendable {
  /// A permission with the resource and the context that it is needed for.
  struct Need: Hashable, Sendable {
    var action: String
    /// A pattern.
    var resource: String
    var context: [ContextEntry] = []
    var inference: Inference?
  }

  let catalogue: AWSCatalogue
  /// The inferences that are made.
  let inferences: Set<Inference>

  /// What the call needs, what was recorded first; each need once.
  func needs(of call: AWSCall) -> [Need] {
    var needs = recorded(call)
    if call.isForwarded {
      let via = AWSServices.forwarding(call)
      for number in needs.indices { needs[number].context = via(needs[number].action) }
    }
    let known = Set(needs.map { Need(action: $0.action, resource: $0.resource) })
    let others = AWSInferences(catalogue: catalogue).needs(of: call, recorded: needs).filter {
      guard let inference = $0.inference else { return true }
      return inferences.contains(inference)
        && !known.contains(Need(action: $0.action, resource: $0.resource))
    }
    var seen: Set<Need> = []
    return (needs + others).filter { seen.insert($0).inserted }
  }

  private func recorded(_ call: AWSCall) -> [Need] {
    switch call.permission {
    case "kms:ReEncrypt": return reEncryption(call)
    case "iam:CreateServiceLinkedRole": return serviceLinkedRole(call)
    default: break
    }
    var needs = names(of: call).flatMap { name in need(name, call) }
    if let source = AWSStorage.source(of: call) {
      needs.append(Need(action: source.action, resource: source.pattern))
    }
    return needs
  }

  /// The permissions whose names the call's own does not tell.
  private func names(of call: AWSCall) -> [String] {
    switch (call.service, call.eventName) {
    case ("s3", _): AWSStorage.actions(of: call)
    case ("dynamodb", "TransactWriteItems"): AWSTables.writes(in: call)
    case ("dynamodb", "ExecuteStatement"), ("dynamodb", "BatchExecuteStatement"),
      ("dynamodb", "ExecuteTransaction"):
      AWSTables.statements(in: call)
    default: [call.permission]
    }
  }

  /// One permission for each resource that the call is about.
  private func need(_ permission: String, _ call: AWSCall) -> [Need] {
    guard let action = catalogue.action(permission) else {
      // Kept under its name; which resources it can be limited to is not known.
      let resource = call.target.hasPrefix("arn:") ? IAMPattern.literal(call.target) : "*"
      return [Need(action: permission, resource: resource)]
    }
    return AWSResources.patterns(for: action, in: call).map {
      Need(action: action.permission, resource: $0)
    }
  }

  /// Two keys: what one encrypted, the other encrypts anew.
  private func reEncryption(_ call: AWSCall) -> [Need] {
    let keys = call.resources.filter { $0.contains(":key/") }
    func key(_ parameter: String) -> String? {
      guard let text = call.parameters.value(parameter) else { return nil }
      return text.hasPrefix("arn:") && text.contains(":key/")
        ? text : keys.first { $0.hasSuffix(":key/" + text) }
    }
    let source = key("sourcekeyid")
    let destination = key("destinationkeyid")
    // Where the event does not tell which key is which, each is taken for both.
    let sources = source.map { [$0] } ?? keys.filter { $0 != destination || keys.count == 1 }
    let destinations = destination.map { [$0] } ?? keys.filter { $0 != source || keys.count == 1 }
    func needs(_ action: String, _ keys: [String]) -> [Need] {
      keys.isEmpty
        ? need(action, call)
        : keys.map { Need(action: action, resource: IAMPattern.literal($0)) }
    }
    return needs("kms:ReEncryptFrom", sources) + needs("kms:ReEncryptTo", destinations)
  }

  private func serviceLinkedRole(_ call: AWSCall) -> [Need] {
    guard let service = call.parameters.value("awsservicename") else {
      return need(call.permission, call)
    }
    let account = IAMPattern.literal(call.account)
    let place = "arn:\(call.partition):iam::\(account):role/aws-service-role/"
    return [
      Need(
        action: call.permission, resource: place + IAMPattern.literal(service) + "/*",
        context: [ContextEntry(key: "iam:AWSServiceName", value: Name(service))])
    ]
  }
}

/// The calls of DynamoDB that do several things at once.
private enum AWSTables {
  private static let items = [
    ("conditioncheck", "ConditionCheckItem"), ("delete", "DeleteItem"), ("put", "PutItem"),
    ("update", "UpdateItem"),
  ]

  /// An action for each kind of item that is written.
  static func writes(in call: AWSCall) -> [String] {
    guard case .array(let elements)? = call.parameters.tree?["transactItems"] else {
      return [call.permission]
    }
    var kinds: Set<String> = []
    for case .object(let members) in elements {
      kinds.formUnion(members.map { $0.key.lowercased() })
    }
    let actions = items.filter { kinds.contains($0.0) }.map { "dynamodb:" + $0.1 }
    return actions.isEmpty ? [call.permission] : actions
  }

  /// An action for each verb of PartiQL.
  static func statements(in call: AWSCall) -> [String] {
    let verbs = ["DELETE": "Delete", "INSERT": "Insert", "SELECT": "Select", "UPDATE": "Update"]
    let actions = Set(
      call.parameters.values("statement").compactMap { statement in
        verbs[statement.prefix { $0.isLetter }.uppercased()].map { "dynamodb:PartiQL" + $0 }
      })
    return actions.isEmpty ? [call.permission] : actions.sorted()
  }
}
