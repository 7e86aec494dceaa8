import TraceModel

/// Names of custom roles, one for each set of permissions, made of what is in the set so that they
/// stay the same while other roles come and go.
struct RoleNames {
  private var names: [[Name]: String] = [:]

  /// - Parameter sets: sorted permissions of each role; equal sets share a role.
  init(_ sets: some Sequence<[Name]>) {
    var taken: Set<String> = []
    for set in Set(sets).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let stem = RoleNames.stem(set)
      var name = stem
      var number = 2
      // Permissions come from artifacts: different sets can be made to have the same stem.
      while !taken.insert(name.lowercased()).inserted {
        name = stem + "_\(number)"
        number += 1
      }
      names[set] = name
    }
  }

  /// Letters, digits, `_` and `.`; 3 to 64 bytes, as role ids of Google Cloud must be.
  func name(of set: [Name]) -> String { names[set] ?? RoleNames.stem(set) }

  /// The permission itself when it is alone, else the service, their number and a digest.
  private static func stem(_ set: [Name]) -> String {
    let joined = Array(set.map(\.text).joined(separator: "\n").utf8)
    let digest = String(hexadecimal(ContentDigest.of(joined.span.bytes), digits: 16).prefix(8))
    if set.count == 1, let only = set.first {
      let plain = plain(only)
      return plain.utf8.count <= longest ? plain : String(plain.prefix(longest - 9)) + "_" + digest
    }
    let services = Set(set.map(\.service))
    let service = services.count == 1 ? services.first.map(plain) : nil
    return String((service ?? "mixed").prefix(longest - 20)) + ".\(set.count)_" + digest
  }

  /// Leaves room for a number after it.
  private static let longest = 58

  private static func plain(_ name: Name) -> String {
    let bytes = name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
        byte
      default: UInt8(ascii: "_")
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.utf8.count < 3 ? "role_" + text : text
  }
}
