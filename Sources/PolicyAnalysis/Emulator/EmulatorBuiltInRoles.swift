extension EmulatorRole {
  /// The roles that the emulator knows without a definition in its policy file (release 0.1 of
  /// gcp-iam-emulator); a test compares them with what a recorded run of it listed.
  package static let builtIn: [EmulatorRole] = [
    role(
      "roles/owner",
      [
        "secretmanager.secrets.get", "secretmanager.secrets.create",
        "secretmanager.secrets.update", "secretmanager.secrets.delete",
        "secretmanager.secrets.list", "secretmanager.versions.add", "secretmanager.versions.get",
        "secretmanager.versions.access", "secretmanager.versions.list",
        "secretmanager.versions.enable", "secretmanager.versions.disable",
        "secretmanager.versions.destroy", "cloudkms.keyRings.create", "cloudkms.keyRings.get",
        "cloudkms.keyRings.list", "cloudkms.cryptoKeys.create", "cloudkms.cryptoKeys.get",
        "cloudkms.cryptoKeys.list", "cloudkms.cryptoKeys.update", "cloudkms.cryptoKeys.encrypt",
        "cloudkms.cryptoKeys.decrypt", "cloudkms.cryptoKeyVersions.create",
        "cloudkms.cryptoKeyVersions.get", "cloudkms.cryptoKeyVersions.list",
        "cloudkms.cryptoKeyVersions.update", "cloudkms.cryptoKeyVersions.destroy",
      ]),
    role(
      "roles/editor",
      [
        "secretmanager.secrets.get", "secretmanager.secrets.create",
        "secretmanager.secrets.update", "secretmanager.secrets.list",
        "secretmanager.versions.add", "secretmanager.versions.get",
        "secretmanager.versions.access", "secretmanager.versions.list",
        "secretmanager.versions.enable", "secretmanager.versions.disable",
        "cloudkms.keyRings.get", "cloudkms.keyRings.list", "cloudkms.cryptoKeys.create",
        "cloudkms.cryptoKeys.get", "cloudkms.cryptoKeys.list", "cloudkms.cryptoKeys.update",
        "cloudkms.cryptoKeys.encrypt", "cloudkms.cryptoKeys.decrypt",
        "cloudkms.cryptoKeyVersions.create", "cloudkms.cryptoKeyVersions.get",
        "cloudkms.cryptoKeyVersions.list", "cloudkms.cryptoKeyVersions.update",
      ]),
    role(
      "roles/viewer",
      [
        "secretmanager.secrets.get", "secretmanager.secrets.list", "secretmanager.versions.get",
        "secretmanager.versions.list", "cloudkms.keyRings.get", "cloudkms.keyRings.list",
        "cloudkms.cryptoKeys.get", "cloudkms.cryptoKeys.list", "cloudkms.cryptoKeyVersions.get",
        "cloudkms.cryptoKeyVersions.list",
      ]),
    role(
      "roles/secretmanager.admin",
      [
        "secretmanager.secrets.get", "secretmanager.secrets.create",
        "secretmanager.secrets.update", "secretmanager.secrets.delete",
        "secretmanager.secrets.list", "secretmanager.versions.add", "secretmanager.versions.get",
        "secretmanager.versions.access", "secretmanager.versions.list",
        "secretmanager.versions.enable", "secretmanager.versions.disable",
        "secretmanager.versions.destroy",
      ]),
    role(
      "roles/secretmanager.secretAccessor",
      [
        "secretmanager.versions.access"
      ]),
    role(
      "roles/secretmanager.secretVersionManager",
      [
        "secretmanager.versions.add", "secretmanager.versions.get", "secretmanager.versions.list",
        "secretmanager.versions.enable", "secretmanager.versions.disable",
        "secretmanager.versions.destroy",
      ]),
    role(
      "roles/cloudkms.admin",
      [
        "cloudkms.keyRings.create", "cloudkms.keyRings.get", "cloudkms.keyRings.list",
        "cloudkms.cryptoKeys.create", "cloudkms.cryptoKeys.get", "cloudkms.cryptoKeys.list",
        "cloudkms.cryptoKeys.update", "cloudkms.cryptoKeys.encrypt",
        "cloudkms.cryptoKeys.decrypt", "cloudkms.cryptoKeyVersions.create",
        "cloudkms.cryptoKeyVersions.get", "cloudkms.cryptoKeyVersions.list",
        "cloudkms.cryptoKeyVersions.update", "cloudkms.cryptoKeyVersions.destroy",
      ]),
    role(
      "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      [
        "cloudkms.cryptoKeys.encrypt", "cloudkms.cryptoKeys.decrypt",
      ]),
    role(
      "roles/cloudkms.viewer",
      [
        "cloudkms.keyRings.get", "cloudkms.keyRings.list", "cloudkms.cryptoKeys.get",
        "cloudkms.cryptoKeys.list", "cloudkms.cryptoKeyVersions.get",
        "cloudkms.cryptoKeyVersions.list",
      ]),
  ]

  private static func role(_ name: String, _ permissions: [String]) -> EmulatorRole {
    EmulatorRole(name: Name(name), permissions: permissions.map { Name($0) })
  }
}
