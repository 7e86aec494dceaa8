/// A principal, permission, resource or role, exactly as its artifact writes it.
///
/// Equal means equal bytes, and order is order of bytes. Swift's `String` calls `é` equal to `e`
/// with an accent after it; a policy that did so would grant one name's rights to another.
package struct Name: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package var utf8: String.UTF8View { text.utf8 }

  package var isEmpty: Bool { text.isEmpty }

  package static func == (a: Name, b: Name) -> Bool {
    let (x, y) = (a.utf8, b.utf8)
    guard x.count == y.count else { return false }
    return withBytes(x, y) { unsafe $0.elementsEqual($1) } ?? x.elementsEqual(y)
  }

  package static func < (a: Name, b: Name) -> Bool {
    withBytes(a.utf8, b.utf8) { unsafe $0.lexicographicallyPrecedes($1) }
      ?? a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  /// Policies have many names and sort them; bytes in a row compare several times faster.
  private static func withBytes(
    _ a: String.UTF8View, _ b: String.UTF8View,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Bool? {
    unsafe a.withContiguousStorageIfAvailable { a in
      unsafe b.withContiguousStorageIfAvailable { b in unsafe body(a, b) }
    } ?? nil
  }

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

/// Something else that a policy may ask of a request, such as the service that a role is passed to.
package struct ContextEntry: Hashable, Comparable, Sendable {
  package let key: Name
  package let value: Name

  package init(key: Name, value: Name) {
    self.key = key
    self.value = value
  }

  package static func < (a: ContextEntry, b: ContextEntry) -> Bool {
    a.key != b.key ? a.key < b.key : a.value < b.value
  }
}

/// Who may do what to what: the unit in which decisions are grouped and policies are checked.
///
/// Ordered by principal, service, resource, permission and context.
package struct PermissionKey: Hashable, Comparable, Sendable {
  package let principal: Name
  package let permission: Name
  package let resource: Name
  /// What else of the request a policy may test, ascending; most dialects test nothing.
  package let context: [ContextEntry]

  package init(
    principal: Name, permission: Name, resource: Name, context: [ContextEntry] = []
  ) {
    self.principal = principal
    self.permission = permission
    self.resource = resource
    self.context = context
  }

  package static func < (a: PermissionKey, b: PermissionKey) -> Bool {
    if a.principal != b.principal { return a.principal < b.principal }
    let (x, y) = (a.permission.serviceBytes, b.permission.serviceBytes)
    if !x.elementsEqual(y) { return x.lexicographicallyPrecedes(y) }
    if a.resource != b.resource { return a.resource < b.resource }
    if a.permission != b.permission { return a.permission < b.permission }
    return a.context.lexicographicallyPrecedes(b.context)
  }
}

extension Name {
  /// A permission's service: `secretmanager` of `secretmanager.versions.access`, `s3` of
  /// `s3:GetObject`.
  var service: Name { Name(String(Substring(serviceBytes))) }

  fileprivate var serviceBytes: Substring.UTF8View {
    utf8.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ":") }
  }
}
