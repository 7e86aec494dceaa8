/// Permissions that are never widened without being asked for: whoever holds one of them on more
/// than was meant can give himself the rest.
enum SensitivePermission {
  /// What a permission is about, in a few words; nil for all others.
  ///
  /// By its name alone, in any of the platforms' spellings: dialects without types of their own hold
  /// the permissions of all.
  static func subject(of permission: Name) -> String? {
    if permission.utf8.contains(UInt8(ascii: ":")) {
      return ofKubernetes(permission) ?? ofAWS(permission)
    }
    return ofGoogleCloud(permission)
  }

  // MARK: AWS

  private static let servicesOfAWS: [Name: String] = [
    "iam": permissions, "organizations": permissions, "sso": permissions,
    "sso-directory": permissions, "identitystore": permissions, "ram": permissions,
    "account": permissions, "sts": "roles", "rolesanywhere": "roles",
    "cognito-identity": "roles",
    "kms": keys, "cloudhsm": keys, "acm-pca": keys, "payment-cryptography": keys, "signer": keys,
    "secretsmanager": secrets,
  ]

  private static func ofAWS(_ permission: Name) -> String? {
    if permission == "iam:PassRole" { return "roles" }
    if let subject = servicesOfAWS[permission.service] { return subject }
    // Parameters of this kind may be encrypted: nothing but their content tells.
    return permission.hasPrefix("ssm:GetParameter") ? secrets : nil
  }

  // MARK: Kubernetes

  private static func ofKubernetes(_ permission: Name) -> String? {
    let parts = permission.utf8.split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    let verb = Name(String(Substring(parts[0])))
    if (["impersonate", "bind", "escalate", "approve", "sign", "attest"] as [Name]).contains(verb) {
      return permissions
    }
    guard parts.count == 2 else { return nil }
    let resource = Name(String(Substring(parts[1])))
    if resource == "secrets" { return secrets }
    if resource == "serviceaccounts/token" { return keys }
    let groups = [".rbac.authorization.k8s.io", ".certificates.k8s.io"]
    return groups.contains { resource.hasSuffix($0) || resource.text.contains($0 + "/") }
      ? permissions : nil
  }

  // MARK: Google Cloud

  private static let servicesOfGoogleCloud: [Name: String] = [
    "iam": permissions, "resourcemanager": permissions, "secretmanager": secrets,
    "cloudkms": keys, "privateca": keys, "orgpolicy": permissions,
  ]

  private static func ofGoogleCloud(_ permission: Name) -> String? {
    if permission.hasSuffix(".setIamPolicy") || permission.hasSuffix(".actAs") {
      return permissions
    }
    return servicesOfGoogleCloud[permission.service]
  }

  private static let permissions = "permissions"
  private static let keys = "keys"
  private static let secrets = "secrets"
}
