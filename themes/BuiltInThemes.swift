/// The theme files of this folder, as the bytes they are.
package enum BuiltInTheme {
  /// Every theme with its name, the default first.
  package static let all: [(name: String, bytes: [UInt8])] = [
    ("dark", PackageResources.dark_toml),
    ("light", PackageResources.light_toml),
    ("high-contrast", PackageResources.high_contrast_toml),
    ("colour-blind-safe", PackageResources.colour_blind_safe_toml),
    ("sixteen", PackageResources.sixteen_toml),
    ("monochrome", PackageResources.monochrome_toml),
  ]
}
