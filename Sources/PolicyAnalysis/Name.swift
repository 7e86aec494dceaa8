/// A principal, permission, resource or role, exactly as its artifact writes it.
///
/// Equal means equal bytes, and order is order of bytes. Swift's `String` calls `é` equal to `e`
/// with an accent after it; a policy that did so would grant one name's rights to another.
package struct Name: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package var utf8: String.UTF8View { text.utf8 }

  package var isEmpty: Bool { text.isEmpty }

  package static func == (a: Name, b: Name) -> Bool { a.utf8.elementsEqual(b.utf8) }

  package static func < (a: Name, b: Name) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(utf8.count)
  }

  /// Whether the name begins with these bytes.
  package func hasPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// Whether the name ends with these bytes.
  package func hasSuffix(_ suffix: String) -> Bool {
    utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// The parts between slashes, empty ones included.
  package var segments: [Name] {
    utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Name(String(Substring($0))) }
  }
}

extension Name: CustomStringConvertible, ExpressibleByStringLiteral {
  package var description: String { text }

  package init(stringLiteral text: String) { self.text = text }
}

/// Who may do what to what: the unit in which decisions are grouped and policies are checked.
///
/// Ordered by principal, service, resource and permission.
package struct PermissionKey: Hashable, Comparable, Sendable {
  package let principal: Name
  package let permission: Name
  package let resource: Name

  package init(principal: Name, permission: Name, resource: Name) {
    self.principal = principal
    self.permission = permission
    self.resource = resource
  }

  /// What stands before the permission's first dot: `secretmanager`.
  package var service: Name { PermissionKey.service(of: permission) }

  /// What stands before the first dot of `permission`.
  package static func service(of permission: Name) -> Name {
    Name(String(Substring(permission.utf8.prefix { $0 != UInt8(ascii: ".") })))
  }

  package static func < (a: PermissionKey, b: PermissionKey) -> Bool {
    if a.principal != b.principal { return a.principal < b.principal }
    let (x, y) = (a.service, b.service)
    if x != y { return x < y }
    if a.resource != b.resource { return a.resource < b.resource }
    return a.permission < b.permission
  }
}
