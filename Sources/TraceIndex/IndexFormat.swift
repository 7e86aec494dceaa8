import TraceModel

/// The fixed parts of an index file: header and section table (`docs/index-format.md`).
package enum IndexFormat {
  /// The version this program writes and the newest that it reads.
  package static let version: UInt32 = 2
  /// The oldest version whose readers understand what this program writes.
  package static let oldestReader: UInt32 = 2
  static let magic: [UInt8] = Array("VESTIGE\0".utf8)
  static let headerSize = 64
  static let entrySize = 32
  static let alignment = 64
  static let maximumSections = 126
  /// Where sections begin: after the header and room for `maximumSections` entries.
  static let dataOffset = headerSize + maximumSections * entrySize

  /// Where a section lies in the file, in bytes.
  struct Entry {
    var elementSize: Int
    var range: Range<Int>
    var digest: UInt64
  }

  static func header(
    sectionCount: Int, fileSize: UInt64, rowCount: Int, table: [UInt8]
  ) -> [UInt8] {
    var header = IndexBytes()
    header.bytes = magic
    header.append(version)
    header.append(oldestReader)
    header.append(UInt32(sectionCount))
    header.append(UInt32(0))
    header.append(fileSize)
    header.append(UInt64(rowCount))
    header.append(digest(ofFixedPart: header.bytes, table: table))
    header.bytes += [UInt8](repeating: 0, count: headerSize - header.bytes.count)
    return header.bytes
  }

  private static func digest(ofFixedPart fixed: [UInt8], table: [UInt8]) -> UInt64 {
    ContentDigest.of((fixed + table).span.bytes)
  }

  /// Reads and checks the header and the section table: every section lies inside the file, is
  /// aligned, and has whole elements.
  ///
  /// - Throws: `notAnIndex`, `unsupportedVersion` or `corrupt`.
  static func sections(
    in bytes: RawSpan, path: String
  ) throws(TraceIndexError) -> (entries: [IndexSection: Entry], rowCount: Int) {
    func corrupt(_ offset: Int, _ reason: String) -> TraceIndexError {
      .corrupt(path: path, offset: UInt64(offset), reason: reason)
    }
    guard bytes.byteCount >= magic.count,
      (0..<magic.count).allSatisfy({
        bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == magic[$0]
      })
    else { throw .notAnIndex(path: path) }
    guard bytes.byteCount >= dataOffset else {
      throw corrupt(bytes.byteCount, "the file is cut off")
    }
    var input = IndexInput(bytes: bytes, position: magic.count)
    let found = input.u32()
    let oldest = input.u32()
    guard oldest <= version, found >= oldestReader else {
      throw .unsupportedVersion(path: path, found: found, supported: version)
    }
    let count = Int(input.u32())
    _ = input.u32()
    let fileSize = input.u64()
    let rowCount = input.u64()
    let fixedEnd = input.position
    let stored = input.u64()
    guard count <= maximumSections else { throw corrupt(16, "\(count) sections") }
    guard fileSize == UInt64(bytes.byteCount) else {
      throw corrupt(bytes.byteCount, "the file should have \(fileSize) bytes")
    }
    guard rowCount < UInt64(UInt32.max) else { throw corrupt(32, "\(rowCount) rows") }
    let tableEnd = headerSize + count * entrySize
    let fixed = bytes.extracting(0..<fixedEnd).array + bytes.extracting(headerSize..<tableEnd).array
    guard ContentDigest.of(fixed.span.bytes) == stored else {
      throw corrupt(fixedEnd, "the header does not match its digest")
    }
    var entries: [IndexSection: Entry] = [:]
    for number in 0..<count {
      input.position = headerSize + number * entrySize
      let id = input.u32()
      let elementSize = input.u32()
      let offset = input.u64()
      let length = input.u64()
      let digest = input.u64()
      guard offset % UInt64(alignment) == 0, offset >= UInt64(dataOffset),
        offset <= fileSize, length <= fileSize - offset, elementSize > 0,
        length % UInt64(elementSize) == 0
      else { throw corrupt(input.position - entrySize, "section \(id) lies outside the file") }
      // Sections of newer minor layouts are passed over: an old reader needs only what it knows.
      guard let section = IndexSection(rawValue: id) else { continue }
      entries[section] = Entry(
        elementSize: Int(elementSize), range: Int(offset)..<Int(offset + length), digest: digest)
    }
    return (entries, Int(rowCount))
  }
}

/// A growing byte string of little-endian numbers and length-prefixed strings.
struct IndexBytes {
  var bytes: [UInt8] = []

  mutating func append<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) {
    append(UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }
}

/// Reads what `IndexBytes` wrote. Past the end it gives zeros and sets `failed`, never traps.
struct IndexInput: ~Escapable {
  let bytes: RawSpan
  var position: Int
  private(set) var failed = false

  @_lifetime(copy bytes)
  init(bytes: RawSpan, position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  mutating func u32() -> UInt32 { integer(UInt32.self) }

  mutating func u64() -> UInt64 { integer(UInt64.self) }

  mutating func i64() -> Int64 { Int64(bitPattern: integer(UInt64.self)) }

  mutating func string() -> String {
    let length = Int(u32())
    guard position >= 0, length <= bytes.byteCount - position else {
      failed = true
      return ""
    }
    defer { position += length }
    return bytes.extracting(position..<position + length)
      .withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  private mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T {
    let size = MemoryLayout<T>.size
    guard position >= 0, size <= bytes.byteCount - position else {
      failed = true
      return 0
    }
    defer { position += size }
    return T(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: T.self))
  }
}

extension RawSpan {
  /// A copy of the bytes.
  var array: [UInt8] { withUnsafeBytes { unsafe Array($0) } }
}
