import ExplorerViews
import Ingestion
import TraceModel

/// A theme by its name, or by the path of its file.
enum ThemeChoice {
  /// The largest theme file; a path to something else must not be read into memory.
  private static let sizeLimit = 1 << 20

  /// - Throws: `NoSuchThemeError`, `ThemeError`, or `IngestionError.unreadable` when the file cannot be read.
  static func definition(named name: String) throws -> ThemeDefinition {
    guard name.contains("/") || name.hasSuffix(".toml") else {
      guard ThemeLoader.builtInNames.contains(name) else { throw NoSuchThemeError(name: name) }
      return try ThemeLoader.builtIn(named: name)
    }
    let bytes = try ArtifactFile(path: name).bytes(at: 0, length: sizeLimit)
    return try ThemeLoader.load(String(decoding: bytes, as: UTF8.self), name: lastComponent(name))
  }
}

struct NoSuchThemeError: Error, Equatable, CustomStringConvertible {
  let name: String

  var description: String {
    "there is no theme '\(visibleText(name))'; built in are "
      + ThemeLoader.builtInNames.joined(separator: ", ")
      + "; a file's name ends in .toml or has a / in it"
  }
}
