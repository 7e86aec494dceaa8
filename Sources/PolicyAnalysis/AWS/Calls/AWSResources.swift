/// Finds the resources that a call was authorized for, as tightly as its action can be limited.
enum AWSResources {
  /// Patterns for one action, ascending; `*` where nothing tighter is legal, or known.
  ///
  /// With `type`, only of resources of that type.
  static func patterns(
    for action: AWSAction, in call: AWSCall, type: String? = nil
  ) -> [String] {
    if action.service == "s3", let patterns = AWSStorage.patterns(for: action, in: call) {
      return patterns
    }
    if let own = ownUser(action, in: call) { return [own] }
    var found: Set<String> = []
    let named = arns(of: call, for: action)
    for use in action.resources where type == nil || use.type.name == type {
      if let arns = named[use.type.name] {
        found.formUnion(arns.map(IAMPattern.literal))
      } else {
        found.formUnion(filled(use, action: action, in: call))
      }
    }
    return found.isEmpty ? ["*"] : found.sorted()
  }

  /// The ARNs that the event has, by the resource type that each fits best.
  private static func arns(of call: AWSCall, for action: AWSAction) -> [String: [String]] {
    var named: [String: [String]] = [:]
    let all =
      call.resources + call.parameters.arns + (call.target.hasPrefix("arn:") ? [call.target] : [])
    let formats = action.resources.map { ($0.type.name, AWSResourceFormat($0.type.format)) }
    for arn in Set(all).sorted() {
      let fits = formats.map { (type: $0.0, fit: $0.1.fit(arn)) }
      guard let best = fits.map(\.fit).max(), best > .none else { continue }
      for entry in fits where entry.fit == best { named[entry.type, default: []].append(arn) }
    }
    return named
  }

  /// Resource types that calls always need, though AWS's reference has them as optional: an instance
  /// that boots from a volume gets one.
  private static let needed = ["ec2:RunInstances": "volume"]

  /// ARNs made of request parameters; for a required type that the call does not name, because it
  /// makes one or because it is not known, all resources of the type.
  private static func filled(
    _ use: AWSAction.ResourceUse, action: AWSAction, in call: AWSCall
  ) -> [String] {
    let format = AWSResourceFormat(use.type.format)
    let names = format.names
    let values = names.map { AWSNames.values(of: $0, in: call, action: action) }
    let isNeeded = use.isRequired || needed[action.permission] == use.type.name
    guard isNeeded || values.contains(where: { !$0.isEmpty }) else { return [] }
    var choices: [[String: String]] = [place(of: call)]
    for (name, values) in zip(names, values) where !values.isEmpty {
      choices = choices.flatMap { choice in
        values.map { value in choice.merging([name: value]) { _, new in new } }
      }
      // Several names of several kinds would be paired in ways that nobody asked for.
      if choices.count > 200 { return [format.pattern(place(of: call))] }
    }
    return choices.map(format.pattern)
  }

  /// The variables that the call's place tells.
  static func place(of call: AWSCall) -> [String: String] {
    var place = ["Partition": call.partition]
    if !call.region.isEmpty { place["Region"] = IAMPattern.literal(call.region) }
    if !call.account.isEmpty { place["Account"] = IAMPattern.literal(call.account) }
    return place
  }

  /// Calls of IAM that name no user are about the caller's own.
  private static func ownUser(_ action: AWSAction, in call: AWSCall) -> String? {
    guard action.service == "iam", action.use("user") != nil, call.principalType == "IAMUser",
      !call.parameters.has("username"), action.resources.count == 1
    else { return nil }
    return IAMPattern.literal(call.principal)
  }

  /// Whether a pattern says no more than a resource type: all that a variable stands for.
  static func isWholeType(_ pattern: String, of action: AWSAction) -> Bool {
    action.resources.contains { use in
      let format = AWSResourceFormat(use.type.format)
      guard !format.names.isEmpty else { return false }
      let parts = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      let place = [
        "Partition": parts.count > 1 ? String(parts[1]) : "",
        "Region": parts.count > 3 ? String(parts[3]) : "",
        "Account": parts.count > 4 ? String(parts[4]) : "",
      ]
      return format.pattern(place) == pattern
    }
  }
}
