import ExplorerViews
import Ingestion

/// A theme by its name, or by the path of its file.
enum ThemeChoice {
  /// The largest theme file; a path to something else must not be read into memory.
  private static let sizeLimit = 1 << 20

  /// - Throws: `ThemeError`, or `IngestionError.unreadable` when the file cannot be read.
  static func definition(named name: String) throws -> ThemeDefinition {
    guard name.contains("/") || name.hasSuffix(".toml") else {
      return try ThemeLoader.builtIn(named: name)
    }
    let bytes = try ArtifactFile(path: name).bytes(at: 0, length: sizeLimit)
    return try ThemeLoader.load(String(decoding: bytes, as: UTF8.self), name: lastComponent(name))
  }
}
