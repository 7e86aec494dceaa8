/// Digests of files with their paths, in the notation of coreutils: `sha256sum -c` checks it.
///
/// `DIGEST  PATH` a line. A line break or backslash in a path is escaped, and then the line begins
/// with a backslash.
package struct Manifest: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    /// 64 hexadecimal digits.
    package let digest: String
    /// Relative to the folder that the program is run in, as it was given.
    package let path: String

    package init(digest: String, path: String) {
      self.digest = digest
      self.path = path
    }
  }

  /// Bytes; more is no manifest.
  private static let sizeLimit: UInt64 = 256 << 20

  /// In the order of the lines.
  package let entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }

  /// - Throws: `IngestionError.unreadable` and `.badManifest`.
  package init(path: String) throws(IngestionError) {
    let status = try FileStatus(path: path)
    guard status.isRegular, status.size <= Manifest.sizeLimit else {
      throw .unreadable(path: path, reason: "it is no manifest")
    }
    let bytes = try ArtifactFile(path: path).bytes(at: 0, length: Int(status.size))
    var entries: [Entry] = []
    for (number, line) in bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    )
    .enumerated() where !line.isEmpty {
      guard let entry = Entry(line: line) else {
        throw .badManifest(path: path, line: number + 1)
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  package var text: String { entries.map(\.line).joined() }
}

extension Manifest.Entry {
  fileprivate init?(line: ArraySlice<UInt8>) {
    let isEscaped = line.first == UInt8(ascii: "\\")
    let rest = isEscaped ? line.dropFirst() : line
    let digest = String(decoding: rest.prefix(64), as: UTF8.self).lowercased()
    // Two spaces, or a space and an asterisk: how the file was opened once made a difference.
    let mark = rest.dropFirst(64).prefix(2)
    guard digest.utf8.count == 64, digest.allSatisfy({ $0.isHexDigit && $0.isASCII }),
      mark.elementsEqual(Array("  ".utf8)) || mark.elementsEqual(Array(" *".utf8))
    else { return nil }
    let name = String(decoding: rest.dropFirst(66), as: UTF8.self)
    guard !name.isEmpty, let path = isEscaped ? Manifest.Entry.unescaped(name) : name else {
      return nil
    }
    self.init(digest: digest, path: path)
  }

  fileprivate var line: String {
    var escaped = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\\": escaped += "\\\\"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\(escaped == path ? "" : "\\")\(digest)  \(escaped)\n"
  }

  private static func unescaped(_ name: String) -> String? {
    var path = String.UnicodeScalarView()
    var rest = name.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        path.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "n": path.append("\n")
      case "r": path.append("\r")
      case "\\": path.append("\\")
      default: return nil
      }
    }
    return String(path)
  }
}
