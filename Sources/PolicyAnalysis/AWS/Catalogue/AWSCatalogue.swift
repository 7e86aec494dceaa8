/// What is known of the actions of some services.
struct AWSCatalogue: Sendable {
  /// The date of the facts.
  let date: String
  private let actions: [String: AWSAction]
  private let services: Set<String>
  private let renames: [String: String]

  /// Reads the services with these prefixes; others are as good as unknown.
  init(_ file: AWSCatalogueFile, prefixes: Set<String>) {
    date = file.date
    var actions: [String: AWSAction] = [:]
    for prefix in prefixes {
      guard let range = file.services[prefix] else { continue }
      var lines = CatalogueLines(file.bytes, range)
      var service = ServiceLines(prefix: prefix)
      while let line = lines.next() { service.take(line) }
      for action in service.actions { actions[action.permission.lowercased()] = action }
    }
    self.actions = actions
    services = prefixes.intersection(file.services.keys)
    var lines = CatalogueLines(file.bytes, file.renames)
    var renames: [String: String] = [:]
    while let line = lines.next() {
      if line.count == 3 { renames[line[1].lowercased()] = line[2] }
    }
    self.renames = renames
  }

  /// The action of this name, whatever its case, or the one that a call of this name needs.
  func action(_ permission: String) -> AWSAction? {
    let name = permission.lowercased()
    return actions[name] ?? renames[name].flatMap { actions[$0.lowercased()] }
  }
}

/// An action of a service.
struct AWSAction: Sendable {
  /// A kind of resource that an action is authorized for.
  struct ResourceUse: Sendable {
    let type: AWSResourceType
    /// Whether each call is authorized for one of them.
    let isRequired: Bool
  }

  let service: String
  let name: String
  let level: AWSAccessLevel
  let resources: [ResourceUse]
  /// The service's own condition keys that it can be limited by.
  let conditionKeys: [String]
  /// Whether a call may hand a role to a service.
  let passesRole: Bool
  /// Whether the first call in an account makes a service-linked role.
  let makesServiceLinkedRole: Bool

  var permission: String { service + ":" + name }

  /// The use of the resource type of this name.
  func use(_ type: String) -> ResourceUse? { resources.first { $0.type.name == type } }
}

/// How far an action's effect goes, as AWS classes it.
enum AWSAccessLevel: String, Sendable {
  case list = "L"
  case read = "R"
  case write = "W"
  case tagging = "T"
  case permissions = "P"
  case unknown = "?"
}

/// A kind of resource.
struct AWSResourceType: Sendable, Hashable {
  let name: String
  /// `arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}`.
  let format: String
}

/// The lines of one service while they are read.
private struct ServiceLines {
  let prefix: String
  private(set) var actions: [AWSAction] = []
  private var types: [AWSResourceType] = []
  private var keys: [String] = []

  init(prefix: String) { self.prefix = prefix }

  mutating func take(_ line: [String]) {
    func list(_ field: Int) -> [Substring] {
      line.indices.contains(field) ? line[field].split(separator: ",") : []
    }
    switch line[0] {
    case "S": keys = list(2).map(String.init)
    case "R" where line.count == 3:
      types.append(AWSResourceType(name: line[1], format: line[2]))
    case "A" where line.count >= 3:
      actions.append(
        AWSAction(
          service: prefix, name: line[1],
          level: AWSAccessLevel(rawValue: String(line[2].prefix(1))) ?? .unknown,
          resources: list(3).compactMap(use),
          conditionKeys: list(4).compactMap { Int($0) }.filter(keys.indices.contains)
            .map { keys[$0] },
          passesRole: line[2].dropFirst().contains("P"),
          makesServiceLinkedRole: line[2].dropFirst().contains("L")))
    default: break
    }
  }

  private func use(_ text: Substring) -> AWSAction.ResourceUse? {
    let isRequired = text.hasSuffix("!")
    guard let number = Int(isRequired ? text.dropLast() : text), types.indices.contains(number)
    else { return nil }
    return AWSAction.ResourceUse(type: types[number], isRequired: isRequired)
  }
}
