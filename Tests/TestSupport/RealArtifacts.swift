package import Foundation

/// Artifacts that other systems wrote, in the folder `shared/data` beside the package.
///
/// They are not part of the project; a test that needs them skips, and says so, where they are
/// absent.
package enum RealArtifacts {
  /// The package's root folder.
  package static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder, or `nil` where it is absent.
  package static let folder: URL? = {
    // A worktree of the project lies beside its own link to the folder, or one level deeper.
    for parent in ["..", "../.."] {
      let folder = packageRoot.appending(path: parent + "/shared/data").standardizedFileURL
      if FileManager.default.fileExists(atPath: folder.path) { return folder }
    }
    return nil
  }()

  /// All files below the given folders, by path; empty, with a printed reason, where they are
  /// absent.
  package static func files(below paths: String...) -> [URL] {
    guard let folder else {
      print("skipped: no folder shared/data beside the package")
      return []
    }
    var files: [URL] = []
    for path in paths {
      let root = folder.appending(path: path)
      guard let names = FileManager.default.enumerator(atPath: root.path) else {
        print("skipped: shared/data/\(path) is absent")
        continue
      }
      for case let name as String in names {
        let file = root.appending(path: name)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
          !isFolder.boolValue
        {
          files.append(file)
        }
      }
    }
    return files.sorted { $0.path < $1.path }
  }

  /// One file; `nil`, with a printed reason, where it is absent.
  package static func file(_ path: String) -> URL? {
    guard let file = folder?.appending(path: path),
      FileManager.default.fileExists(atPath: file.path)
    else {
      print("skipped: shared/data/\(path) is absent")
      return nil
    }
    return file
  }
}
