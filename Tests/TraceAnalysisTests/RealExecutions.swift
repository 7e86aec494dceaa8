import Foundation
import Ingestion
import TestSupport
import TraceIndex

/// Executions made of artifacts on disk.
enum RealExecutions {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The place of a path that is relative to the package's root.
  static func path(_ path: String) -> String {
    root.appendingPathComponent(path).standardizedFileURL.path
  }

  /// The only execution at a path below the root; nil, with a printed reason, when nothing is there.
  static func open(_ path: String) throws -> TraceIndex? {
    let folder = self.path(path)
    guard FileManager.default.fileExists(atPath: folder) else {
      print("skipped: \(folder) is not there")
      return nil
    }
    let cacheFolder = TemporaryFolder()
    let cache = try IndexCache(folder: cacheFolder.path, environment: [:])
    let sources = try ArtifactFinder.executions(at: [folder])
    return try sources.flatMap { try cache.executions(of: $0) }.first
  }
}
