import Glibc

/// A file on disk as it is, compressed or an archive or not, with the digest of its bytes.
package struct FileDigest: Sendable, Equatable {
  private static let chunk = 1 << 18

  /// The path as it was given, and where it leads inside a folder.
  package let path: String
  /// Bytes.
  package let size: UInt64
  /// SHA-256 in 64 hexadecimal digits.
  package let digest: String

  /// All files at or below `path`, by name, without hidden ones and `excluded`.
  ///
  /// - Parameter excluded: a path of a file that is passed over, such as the manifest's own.
  /// - Throws: `IngestionError.unreadable`.
  package static func all(
    at path: String, except excluded: String?
  ) throws(IngestionError) -> [FileDigest] {
    if path == StandardInput.path {
      let input = try StandardInput()
      return [FileDigest(path: path, size: input.status.size, digest: input.digest)]
    }
    let excludedRoot = excluded.flatMap { try? absolutePath($0) }
    var found: [FileDigest] = []
    let status = try FileStatus(path: path)
    guard status.isFolder || status.isRegular else {
      throw .unreadable(path: path, reason: "it is a pipe or a device; pipe it into -")
    }
    // A link up does not bring in the folders around, nor does it when artifacts are found.
    var visited: Set<String> = []
    var around = try absolutePath(path)
    while around != "/" {
      around = folder(of: around)
      visited.insert(around)
    }
    try gather(
      plainPath(path), status, depth: 0, except: excludedRoot, visited: &visited, into: &found)
    return found
  }

  /// A path without `.` and repeated slashes, so that two ways of writing it are one.
  package static func plainPath(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    if path.hasPrefix("/") { return "/" + parts }
    return parts.isEmpty ? "." : parts
  }

  /// Whether a path is a link to what is not there: `artifact inspect` names it. Whatever else cannot
  /// be looked at is an error, for a manifest must not leave it out unsaid.
  private static func leadsNowhere(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return false }
    return stat(path, &status) != 0 && errno == ENOENT
  }

  private static func gather(
    _ path: String, _ status: FileStatus, depth: Int, except excluded: String?,
    visited: inout Set<String>, into found: inout [FileDigest]
  ) throws(IngestionError) {
    if status.isFolder {
      guard depth <= ArtifactFolder.depthLimit else {
        throw .unreadable(
          path: path, reason: "it lies more than \(ArtifactFolder.depthLimit) folders deep")
      }
      // By links, too, as artifacts are found; each folder once.
      guard visited.insert(try absolutePath(path)).inserted else { return }
      for (name, isExact) in try namesInFolder(path) where !name.hasPrefix(".") {
        let inner = path == "." ? name : path == "/" ? "/" + name : "\(path)/\(name)"
        guard isExact else { throw .unreadable(path: inner, reason: "its name is not UTF-8") }
        if leadsNowhere(inner) { continue }
        try gather(
          inner, try FileStatus(path: inner), depth: depth + 1, except: excluded, visited: &visited,
          into: &found)
      }
    } else if status.isRegular {
      if let excluded, try absolutePath(path) == excluded { return }
      found.append(try FileDigest(file: path))
    }
  }

  private init(path: String, size: UInt64, digest: String) {
    (self.path, self.size, self.digest) = (path, size, digest)
  }

  private init(file path: String) throws(IngestionError) {
    let file = try ArtifactFile(path: path)
    var digest = SHA256()
    var size: UInt64 = 0
    var buffer = [UInt8](repeating: 0, count: FileDigest.chunk)
    while true {
      let count = try file.read(into: &buffer, 0..<buffer.count, at: size)
      if count == 0 { break }
      digest.update(buffer[..<count])
      size += UInt64(count)
    }
    self.init(path: path, size: size, digest: digest.hexadecimal)
  }
}
