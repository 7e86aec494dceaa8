/// The binding that allowed a request, as the API server names it in the reason of its decision.
package struct RBACReason: Hashable, Sendable {
  /// Nil for a ClusterRoleBinding.
  package let namespace: Name?
  package let binding: Name
  package let bindsClusterRole: Bool
  package let role: Name
  /// The subject through which it applied to the user.
  package let subject: RBACSubject

  /// Reads `RBAC: allowed by RoleBinding "NAME/NAMESPACE" of Role "NAME" to User "NAME"`.
  ///
  /// - Returns: nil for every other reason.
  package init?(_ reason: String) {
    var words = ReasonWords(reason)
    guard words.take("RBAC: allowed by ") else { return nil }
    let isOfCluster = words.take("ClusterRoleBinding ")
    guard isOfCluster || words.take("RoleBinding "), let name = words.quoted(), words.take(" of ")
    else { return nil }
    if isOfCluster {
      namespace = nil
      binding = Name(name)
    } else {
      guard let (name, place) = name.partedAtLastSlash else { return nil }
      namespace = Name(place)
      binding = Name(name)
    }
    bindsClusterRole = words.take("ClusterRole ")
    guard bindsClusterRole || words.take("Role "), let role = words.quoted(), words.take(" to ")
    else { return nil }
    self.role = Name(role)
    guard let subject = words.subject(), words.isAtEnd else { return nil }
    self.subject = subject
  }
}

/// A reason, and how far it is read.
private struct ReasonWords {
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) { rest = Substring(text).unicodeScalars }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.unicodeScalars) else { return false }
    rest.removeFirst(word.unicodeScalars.count)
    return true
  }

  mutating func subject() -> RBACSubject? {
    if take("User ") { return quoted().map { .user(Name($0)) } }
    if take("Group ") { return quoted().map { .group(Name($0)) } }
    guard take("ServiceAccount "), let (name, namespace) = quoted()?.partedAtLastSlash else {
      return nil
    }
    return .serviceAccount(namespace: Name(namespace), name: Name(name))
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
    "\\": "\\", "\"": "\"",
  ]

  /// A text as Go's `%q` writes it; nil when it is none, or holds bytes that are no text.
  mutating func quoted() -> String? {
    guard take("\"") else { return nil }
    var text = ""
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return text }
      guard scalar == "\\" else {
        text.unicodeScalars.append(scalar)
        continue
      }
      guard let sign = rest.popFirst(), let escaped = escaped(sign) else { return nil }
      text.unicodeScalars.append(escaped)
    }
    return nil
  }

  private mutating func escaped(_ sign: Unicode.Scalar) -> Unicode.Scalar? {
    if let plain = ReasonWords.escapes[sign] { return plain }
    let lengths: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
    guard let length = lengths[sign] else { return nil }
    var value: UInt32 = 0
    for _ in 0..<length {
      guard let digit = rest.popFirst().flatMap({ Character($0).hexDigitValue }) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return sign == "x" && value >= 0x80 ? nil : Unicode.Scalar(value)
  }
}

extension String {
  /// What is before and behind the last slash.
  fileprivate var partedAtLastSlash: (String, String)? {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return (
      String(Substring(utf8[..<slash])), String(Substring(utf8[utf8.index(after: slash)...]))
    )
  }
}
