import TraceModel

/// Names of objects of Kubernetes.
struct KubernetesNames {
  private var taken: Set<String> = []

  /// Whether `text` is a label of RFC 1123, as names of namespaces are.
  static func isLabel(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count) && isPart(text.utf8[...])
  }

  /// Whether `text` is a subdomain of RFC 1123, as names of most objects are.
  static func isSubdomain(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        .allSatisfy(isPart)
  }

  private static func isPart(_ part: Substring.UTF8View) -> Bool {
    guard let first = part.first, let last = part.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && part.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// A name for the objects of a principal: `vestige-ci-bot`, `vestige-sa.shop.orders`.
  ///
  /// What had to be respelled gets a digest. The prefix keeps them from replacing what is in the
  /// cluster already, such as the role `admin`.
  mutating func name(of principal: Name) -> String {
    if let account = KubernetesServiceAccount(userName: principal) {
      return name("vestige-sa.\(account.namespace).\(account.name)")
    }
    return name("vestige-" + principal.text)
  }

  /// `text`, or what is closest to it and not taken.
  mutating func name(_ text: String) -> String {
    let stem = KubernetesNames.stem(text)
    var name = stem
    var number = 2
    while !taken.insert(name).inserted {
      name = stem + ".\(number)"
      number += 1
    }
    return name
  }

  /// Leaves room for a number and a digest.
  private static let longest = 200

  private static func stem(_ text: String) -> String {
    if text.utf8.count <= longest, isSubdomain(text) { return text }
    let bytes = text.lowercased().utf8.prefix(longest).map {
      isAlphanumeric($0) ? $0 : UInt8(ascii: "-")
    }
    return String(decoding: bytes, as: UTF8.self) + "-" + digest(text)
  }

  /// Eight digits that tell texts apart.
  static func digest(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return String(hexadecimal(ContentDigest.of(bytes.span.bytes), digits: 16).prefix(8))
  }
}
