import TraceModel

/// A condition of an allow policy, of the few forms that are generated.
struct GoogleCondition: Hashable, Sendable {
  /// A test of the resource's name.
  enum NameTest: Hashable, Comparable, Sendable {
    case equals(Name)
    case endsWith(Name)
    case startsWith(Name)

    static func < (a: Self, b: Self) -> Bool { Name(a.expression) < Name(b.expression) }

    func holds(_ name: Name) -> Bool {
      switch self {
      case .equals(let wanted): name == wanted
      case .endsWith(let suffix): name.hasSuffix(suffix.text)
      case .startsWith(let prefix): name.hasPrefix(prefix.text)
      }
    }

    var expression: String {
      switch self {
      case .equals(let name): "resource.name == " + GoogleCondition.literal(name.text)
      case .endsWith(let suffix):
        "resource.name.endsWith(" + GoogleCondition.literal(suffix.text) + ")"
      case .startsWith(let prefix):
        "resource.name.startsWith(" + GoogleCondition.literal(prefix.text) + ")"
      }
    }
  }

  /// The resource must be of this type; nil for any.
  var type: String?
  /// One of these must hold; none stands for any name.
  var names: [NameTest]

  /// The most logical operators that a condition may have.
  static let mostOperators = 12

  func holds(for resource: GoogleResource) -> Bool {
    (type == nil || type == resource.type)
      && (names.isEmpty || names.contains { $0.holds(resource.attributeName) })
  }

  /// The number of `&&` and `||`.
  var operators: Int {
    max(0, names.count - 1) + (type != nil && !names.isEmpty ? 1 : 0)
  }

  /// In CEL.
  var expression: String {
    let test = type.map { "resource.type == " + GoogleCondition.literal($0) }
    let anyName = names.map(\.expression).joined(separator: " || ")
    guard let test else { return anyName }
    if names.isEmpty { return test }
    return test + " && " + (names.count > 1 ? "(" + anyName + ")" : anyName)
  }

  /// What the console shows; at most 100 bytes.
  var title: String {
    if let type, names.isEmpty {
      return "only of type " + (type.split(separator: "/").last.map(String.init) ?? type)
    }
    if names.contains(where: { if case .startsWith = $0 { true } else { false } }) {
      return "only what begins so"
    }
    return names.count == 1 ? "only one resource" : "only \(names.count) resources"
  }

  /// A CEL string literal.
  static func literal(_ text: String) -> String {
    doubleQuoted(text) { scalar in
      let isShort = scalar.value <= 0xFFFF
      return (isShort ? "\\u" : "\\U")
        + hexadecimal(UInt64(scalar.value), digits: isShort ? 4 : 8)
    }
  }
}
