/// What Google Cloud takes as names; anything else cannot be in a policy.
enum GoogleGrammar {
  /// Why a key cannot be said, as a clause; nil when it can.
  ///
  /// `home` is the project of resources that do not tell theirs.
  static func objection(to key: PermissionKey, home: Name?) -> String? {
    guard isPrincipal(key.principal) else {
      return "the principal is no member that an allow policy may name"
    }
    guard isPermission(key.permission) else {
      return "the permission is not of the form service.resource.verb"
    }
    guard let project = GoogleResource(key.resource).project else {
      return "the resource is not below projects/"
    }
    if isProject(project) { return nil }
    guard project == "_" else { return "the resource's project is no project id or number" }
    return home == nil ? "the record does not say in which project the resource is" : nil
  }

  /// An id such as `shop`, `example.com:shop`, or a number.
  static func isProject(_ name: Name) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { isLowerCase($0) || isDigit($0) || "-.:".utf8.contains($0) }
  }

  /// `service.resource.verb`, perhaps with more parts.
  private static func isPermission(_ name: Name) -> Bool {
    let parts = name.utf8.split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count >= 3
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy { isLowerCase($0 | 0x20) || isDigit($0) || $0 == UInt8(ascii: "_") }
      }
  }

  /// A user, service account or group with an address, a domain, or a federated identity.
  private static func isPrincipal(_ name: Name) -> Bool {
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
    let parts = name.utf8.split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { return false }
    switch String(Substring(parts[0])) {
    case "user", "serviceAccount", "group":
      let address = parts[1].split(
        separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
      return address.count == 2 && address.allSatisfy { !$0.isEmpty }
    case "domain": return true
    case "principal", "principalSet": return parts[1].starts(with: "//".utf8)
    default: return false
    }
  }

  private static func isLowerCase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
