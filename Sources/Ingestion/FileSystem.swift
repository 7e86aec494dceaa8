import Glibc

/// What the file system says of one file.
struct FileStatus: Equatable {
  var isFolder: Bool
  var isRegular: Bool
  /// Bytes.
  var size: UInt64
  /// Nanoseconds since the Unix epoch.
  var modified: Int64

  /// - Throws: `IngestionError.unreadable`.
  init(path: String) throws(IngestionError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw systemFailure(path) }
    self.init(status)
  }

  init(_ status: stat) {
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isRegular = status.st_mode & S_IFMT == S_IFREG
    size = UInt64(clamping: status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }
}

extension FileStatus {
  init(isFolder: Bool, isRegular: Bool, size: UInt64, modified: Int64) {
    (self.isFolder, self.isRegular) = (isFolder, isRegular)
    (self.size, self.modified) = (size, modified)
  }
}

/// A system call's failure on `path`, the last one's unless told otherwise.
func systemFailure(_ path: String, _ error: Int32 = errno) -> IngestionError {
  .unreadable(path: path, reason: unsafe String(cString: strerror(error)))
}

/// The names in a folder, by their bytes, without hidden ones.
///
/// - Throws: `IngestionError.unreadable`.
func namesInFolder(_ path: String) throws(IngestionError) -> [String] {
  guard let folder = unsafe opendir(path) else { throw systemFailure(path) }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
      unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Whether a path is a folder reached without a symbolic link, which could lead round in a circle.
func isRealFolder(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The path without `.`, `..`, symbolic links and repeated slashes.
///
/// - Throws: `IngestionError.unreadable` when it does not exist.
package func absolutePath(_ path: String) throws(IngestionError) -> String {
  guard let resolved = unsafe realpath(path, nil) else { throw systemFailure(path) }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}

/// The part of a path after its last slash.
package func lastComponent(_ path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), path.utf8.count > 1 else {
    return path
  }
  return String(path[path.index(after: slash)...])
}

/// The part of a path before its last slash.
func folder(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
