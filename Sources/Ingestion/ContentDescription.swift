/// What a file that no reader recognised looks like, in a phrase: `gzip-compressed data`,
/// `JSON Lines with the keys level, msg, time`, `binary data`.
///
/// A guess for people who wonder why a file was passed over; nothing is decided by it.
package struct ContentDescription {
  /// Formats with a signature, by the bytes at an offset.
  private static let signatures: [(offset: Int, bytes: [UInt8], name: String)] = [
    (0, [0x1F, 0x8B], "gzip-compressed data"),
    (0, [0x28, 0xB5, 0x2F, 0xFD], "zstd-compressed data"),
    (0, Array("BZh".utf8), "bzip2-compressed data"),
    (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz-compressed data"),
    (0, Array("PK\u{3}\u{4}".utf8), "a zip archive"),
    (257, Array("ustar".utf8), "a tar archive"),
    (0, Array("VESTIGE\0".utf8), "an index of Vestige"),
    (0, Array("SQLite format 3\0".utf8), "an SQLite database"),
    (0, Array("PAR1".utf8), "a Parquet file"),
    (0, Array("Obj\u{1}".utf8), "an Avro file"),
    (0, [0x7F] + Array("ELF".utf8), "an ELF program"),
    (0, Array("%PDF".utf8), "a PDF document"),
  ]
  private static let keyLimit = 8

  private let bytes: [UInt8]

  /// - Parameter prefix: the first bytes of the file, as many as `ArtifactFinder.sniffLength`.
  package init(prefix: [UInt8]) { bytes = prefix }

  /// The phrase, without a full stop.
  ///
  /// Keys of JSON objects are the file's own text, unsanitised.
  package var text: String {
    if bytes.isEmpty { return "an empty file" }
    for signature in ContentDescription.signatures
    where bytes.dropFirst(signature.offset).starts(with: signature.bytes) {
      return signature.name
    }
    guard isText else { return "binary data" }
    switch bytes.first(where: { !isSpace($0) }) {
    case UInt8(ascii: "{"): return json
    case UInt8(ascii: "["): return "a JSON array"
    case UInt8(ascii: "<"): return "XML or HTML"
    case nil: return "white space"
    default: return "text"
    }
  }

  private var isText: Bool {
    // The last character may be cut.
    let isUTF8 = (0...3).contains { cut in
      cut < bytes.count && String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
    }
    return isUTF8 && !bytes.contains { $0 < 0x20 && !isSpace($0) }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private var json: String {
    let (keys, end) = keysOfFirstObject()
    var name = "a JSON object"
    if let end, bytes[end...].first(where: { !isSpace($0) }) == UInt8(ascii: "{") {
      name = "JSON Lines"
    }
    if keys.isEmpty { return name }
    let more = keys.count > ContentDescription.keyLimit ? ", …" : ""
    return "\(name) with the keys "
      + keys.prefix(ContentDescription.keyLimit).joined(separator: ", ") + more
  }

  /// The keys of the outermost object, and where it ends, if that is not cut off.
  ///
  /// Strings are skipped by their quotes and objects counted by their braces: good enough to name
  /// keys, and never wrong by more than a name.
  private func keysOfFirstObject() -> (keys: [String], end: Int?) {
    var keys: [String] = []
    var depth = 0
    var position = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return (keys, position + 1) }
      case UInt8(ascii: "\""):
        let end = endOfString(from: position + 1)
        let next = bytes.dropFirst(end + 1).first { !isSpace($0) }
        if depth == 1 && next == UInt8(ascii: ":") {
          keys.append(String(decoding: bytes[(position + 1)..<end], as: UTF8.self))
        }
        position = end
      default: break
      }
      position += 1
    }
    return (keys, nil)
  }

  private func endOfString(from start: Int) -> Int {
    var position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(position, bytes.count)
  }
}
