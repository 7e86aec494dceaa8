/// How AWS says the rungs: patterns of ARNs.
struct AWSRungWords: RungWords {
  let catalogue: AWSCatalogue

  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern {
    let text: String
    if key.resource == "*" { throw .nothingWider }
    switch rung {
    case .exact: return .exact(key.resource)
    case .prefix: text = try prefix(of: key, neighbours)
    case .type: text = try type(of: key)
    case .any: text = "*"
    }
    let (wide, narrow) = (IAMPattern(text), IAMPattern(key.resource.text))
    guard wide.covers(narrow), !narrow.covers(wide) else { throw .nothingWider }
    return .wildcards(Name(text))
  }

  /// Up to a delimiter in the resource's own name, so that type, region and account stay.
  private func prefix(of key: PermissionKey, _ neighbours: [Name]) throws(RungObjection) -> String {
    let arn = key.resource
    // What is recorded as a type, or a part of one, reaches more than a part of its name.
    if !isOne(arn) { throw .nothingWider }
    let parts = AWSRungWords.parts(of: arn)
    guard parts.count == 6 else { throw .notExpressible("the resource is no ARN") }
    let beginning: String
    if let format = format(of: key) {
      beginning = format.beginning(AWSRungWords.place(parts))
    } else {
      let kind = parts[5].prefix { $0 != "/" && $0 != ":" }
      let hasKind = kind.endIndex < parts[5].endIndex
      beginning = parts[..<5].joined(separator: ":") + ":" + (hasKind ? kind + "/" : "")
    }
    guard
      let prefix = arn.prefix(
        endingAt: "/:-", after: beginning.utf8.count, sharedWith: neighbours)
    else { throw .notExpressible("its name has no part that ends at '/', ':' or '-'") }
    return prefix.text + "*"
  }

  private func type(of key: PermissionKey) throws(RungObjection) -> String {
    guard let format = format(of: key) else {
      throw .notExpressible("its ARN is of no type that the catalogue has for the action")
    }
    return format.pattern(AWSRungWords.place(AWSRungWords.parts(of: key.resource)))
  }

  /// The format that the ARN fits best, of those that the action is authorized for.
  private func format(of key: PermissionKey) -> AWSResourceFormat? {
    let formats = (catalogue.action(key.permission.text)?.resources ?? [])
      .map { AWSResourceFormat($0.type.format) }
    let fits = formats.map { $0.fit(key.resource.text) }
    guard let best = fits.max(), best > .none else { return nil }
    return zip(formats, fits).first { $0.1 == best }?.0
  }

  private static func parts(of arn: Name) -> [Substring] {
    arn.text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
  }

  private static func place(_ parts: [Substring]) -> [String: String] {
    guard parts.count == 6 else { return [:] }
    return [
      "Partition": String(parts[1]), "Region": String(parts[3]), "Account": String(parts[4]),
    ]
  }

  // MARK: What is recorded

  func sensitivity(of permission: Name) -> String? {
    if let subject = SensitivePermission.subject(of: permission) { return subject }
    switch catalogue.action(permission.text)?.level {
    case .permissions?: return "permissions"
    case .unknown?, nil: return "something whose access level is not known"
    case .list?, .read?, .write?, .tagging?: return nil
    }
  }

  func concerns(_ permission: Name, _ resource: Name) -> Bool {
    guard let action = catalogue.action(permission.text) else { return true }
    return action.resources.contains {
      AWSResourceFormat($0.type.format).fit(resource.text) > .none
    }
  }

  func isOne(_ resource: Name) -> Bool {
    !resource.text.replacing("-??????", with: "").replacing("${*}", with: "")
      .replacing("${?}", with: "").contains { $0 == "*" || $0 == "?" }
  }
}

extension AWSResourceFormat {
  /// What stands before the first variable that names the resource.
  func beginning(_ place: [String: String]) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .variable(let name):
        guard AWSResourceFormat.places.contains(name) else { return text }
        text += place[name] ?? "*"
      }
    }
    return text
  }
}
