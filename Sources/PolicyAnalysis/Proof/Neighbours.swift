import TraceModel

/// Requests next to a recorded one: names that nothing recorded has, one change away.
enum Neighbours {
  /// A word that no artifact has by chance.
  static let fresh = "vestige-witness"

  /// The key with another principal, permission, resource or context, one of them at a time.
  static func of(_ key: PermissionKey) -> [PermissionKey] {
    func with(
      principal: Name? = nil, permission: Name? = nil, resource: Name? = nil,
      context: [ContextEntry]? = nil
    ) -> PermissionKey {
      PermissionKey(
        principal: principal ?? key.principal, permission: permission ?? key.permission,
        resource: resource ?? key.resource, context: context ?? key.context)
    }
    return principals(key.principal).map { with(principal: $0) }
      + permissions(key.permission).map { with(permission: $0) }
      + resources(key.resource).map { with(resource: $0) }
      + contexts(key.context).map { with(context: $0) }
  }

  static func principals(_ name: Name) -> [Name] {
    spellings(name) + ["", Name(fresh), Name(name.text + fresh)]
  }

  /// Another one of the same service, and names that are longer or shorter.
  static func permissions(_ name: Name) -> [Name] {
    var names = spellings(name) + ["*", Name(name.text + "." + fresh)]
    if let last = name.utf8.lastIndex(where: { isSeparator($0) }) {
      let stem = String(Substring(name.utf8[...last]))
      names += [Name(stem + fresh), Name(stem + "*"), Name(String(stem.dropLast()))]
    }
    return names
  }

  /// One segment more, one less, another one at each place, and what is beside it.
  static func resources(_ name: Name) -> [Name] {
    var names = spellings(name)
    names += ["", "*", Name(fresh), Name(name.text + "/" + fresh), Name(name.text + "/*")]
    names += [Name(name.text + "/" + fresh + "/" + fresh), Name(name.text + ":" + fresh)]
    let segments = name.segments
    for place in segments.indices.suffix(8) where segments.count > 1 {
      var other = segments
      other[place] = Name(fresh)
      names.append(joined(other))
      names.append(joined(segments[..<place] + [Name(fresh)] + segments[place...]))
    }
    for length in segments.indices.dropFirst().suffix(4) {
      names.append(joined(segments.prefix(length)))
    }
    let parts = name.text.split(separator: ":", omittingEmptySubsequences: false)
    for place in parts.indices where parts.count > 1 {
      var other = parts
      other[place] = Substring(fresh)
      names.append(Name(other.joined(separator: ":")))
    }
    return names
  }

  /// Without each entry, and with another value of it.
  static func contexts(_ context: [ContextEntry]) -> [[ContextEntry]] {
    context.indices.flatMap { place in
      var less = context
      let entry = less.remove(at: place)
      let other = ContextEntry(key: entry.key, value: Name(fresh))
      return [less, (less + [other]).sorted()]
    }
  }

  /// With a character more at either end, one less, and in the other case.
  private static func spellings(_ name: Name) -> [Name] {
    let text = name.text
    return [
      text + "x", "x" + text, String(text.dropLast()), String(text.dropFirst()),
      text.uppercased(), text.lowercased(),
    ].map { Name($0) }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
  }

  private static func joined(_ segments: some Collection<Name>) -> Name {
    Name(segments.map(\.text).joined(separator: "/"))
  }
}
