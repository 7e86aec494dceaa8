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

/// The names in a folder, by their bytes, and whether each is UTF-8: another one is repaired here,
/// and leads nowhere.
///
/// - Throws: `IngestionError.unreadable`.
func namesInFolder(_ path: String) throws(IngestionError) -> [(text: String, isExact: Bool)] {
  guard let folder = unsafe opendir(path) else { throw systemFailure(path) }
  defer { unsafe closedir(folder) }
  var names: [(text: String, isExact: Bool)] = []
  while let entry = unsafe readdir(folder) {
    let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
      unsafe Array(buffer.prefix { $0 != 0 })
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if text != "." && text != ".." { names.append((text, Array(text.utf8) == bytes)) }
  }
  return names.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
}

/// One file or folder among all of the system's, by whatever path it is reached.
struct FileIdentity: Hashable {
  private let device: UInt64
  private let number: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }
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
