/// One header block of a tar archive: POSIX ustar, GNU or the older form without a magic number.
struct TarHeader {
  enum Kind: Equatable {
    case file, folder, hardLink, symbolicLink, device, pipe, sparseFile
    /// The members' extended attributes: those of the next one, and those of all that follow.
    case attributes, commonAttributes
    /// GNU: the name of the next member, and what it links to, where they are too long.
    case longName, longLink
    case other(UInt8)
  }

  /// Why a block is no header.
  enum Flaw: Error, Equatable {
    case checksum, size
  }

  static let blockSize = 512
  /// No file is so large that a multiple of blocks beyond it overflows.
  private static let mostBytes: UInt64 = 1 << 62

  private(set) var kind: Kind
  /// As the archive has it, with slashes between its parts.
  private(set) var name: [UInt8]
  /// The name of the member that a hard link is one with.
  private(set) var linkName: [UInt8]
  /// Bytes of content, without what fills the last block.
  private(set) var size: UInt64
  /// GNU: further blocks of the map of a sparse file follow.
  let hasMoreMap: Bool

  /// - Parameter block: 512 bytes.
  /// - Throws: `Flaw`.
  init(block: [UInt8]) throws(Flaw) {
    guard TarHeader.isHeader(block) else { throw .checksum }
    guard let size = TarHeader.number(block[124..<136]), size <= TarHeader.mostBytes else {
      throw .size
    }
    let isPOSIX = block[257..<263].elementsEqual(Array("ustar\0".utf8))
    let prefix = isPOSIX ? TarHeader.text(block[345..<500]) : []
    name = (prefix.isEmpty ? [] : prefix + [UInt8(ascii: "/")]) + TarHeader.text(block[0..<100])
    linkName = TarHeader.text(block[157..<257])
    kind = TarHeader.kind(block[156])
    switch kind {
    case .folder, .hardLink, .symbolicLink, .device, .pipe: self.size = 0
    default: self.size = size
    }
    hasMoreMap = kind == .sparseFile && block[482] != 0
  }

  /// The header with what extended headers before it said.
  mutating func apply(_ attributes: TarAttributes) {
    name = attributes.path ?? name
    linkName = attributes.linkPath ?? linkName
    if kind == .file, name.last == UInt8(ascii: "/") {
      // Before there were kinds, a slash at the end made a folder.
      kind = .folder
    }
    if let size = attributes.size, kind == .file { self.size = min(size, TarHeader.mostBytes) }
    if attributes.isSparse, kind == .file { kind = .sparseFile }
  }

  /// Whether a block has the checksum that it names; the first test of a file for being an archive.
  static func isHeader(_ block: [UInt8]) -> Bool {
    guard block.count >= blockSize, let named = number(block[148..<156]), named > 0 else {
      return false
    }
    // The field itself counts as spaces. Some old programs added bytes up as signed ones.
    var sums: (unsigned: Int, signed: Int) = (0, 0)
    for (place, byte) in block[..<blockSize].enumerated() {
      let value = (148..<156).contains(place) ? UInt8(ascii: " ") : byte
      sums.unsigned += Int(value)
      sums.signed += Int(Int8(bitPattern: value))
    }
    return named == UInt64(sums.unsigned) || Int(clamping: named) == sums.signed
  }

  private static func kind(_ flag: UInt8) -> Kind {
    switch flag {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): .file
    case UInt8(ascii: "1"): .hardLink
    case UInt8(ascii: "2"): .symbolicLink
    case UInt8(ascii: "3"), UInt8(ascii: "4"): .device
    case UInt8(ascii: "5"): .folder
    case UInt8(ascii: "6"): .pipe
    case UInt8(ascii: "S"): .sparseFile
    case UInt8(ascii: "x"): .attributes
    case UInt8(ascii: "g"): .commonAttributes
    case UInt8(ascii: "L"): .longName
    case UInt8(ascii: "K"): .longLink
    default: .other(flag)
    }
  }

  /// Octal digits between spaces and zeros, or GNU's big-endian binary; nil when it is neither.
  private static func number(_ field: ArraySlice<UInt8>) -> UInt64? {
    if let first = field.first, first & 0x80 != 0 {
      // 0xFF begins a negative number.
      guard first == 0x80 else { return nil }
      let digits = field.dropFirst()
      guard digits.dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
      return digits.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
    let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix {
      $0 != UInt8(ascii: " ") && $0 != 0
    }
    // Twelve octal digits are 36 bits.
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else {
      return nil
    }
    return digits.reduce(0) { $0 << 3 | UInt64($1 - UInt8(ascii: "0")) }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] {
    Array(field.prefix { $0 != 0 })
  }
}

/// What extended headers say of the member behind them.
struct TarAttributes {
  var path: [UInt8]?
  var linkPath: [UInt8]?
  var size: UInt64?
  /// The content is a map of a file with holes, and what lies between them.
  var isSparse = false

  init() {}

  /// The records of a POSIX extended header: `LENGTH KEY=VALUE\n`; nil when they are malformed.
  init?(_ records: [UInt8]) {
    var rest = records[...]
    while let first = rest.first, first != 0 {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length <= rest.count,
        length > digits.count + 1
      else { return nil }
      let record = rest.prefix(length).dropFirst(digits.count + 1)
      guard record.last == UInt8(ascii: "\n"),
        let equals = record.firstIndex(of: UInt8(ascii: "="))
      else { return nil }
      rest = rest.dropFirst(length)
      let value = record[(equals + 1)...].dropLast()
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": path = Array(value)
      case "linkpath": linkPath = Array(value)
      case "size":
        guard let number = UInt64(String(decoding: value, as: UTF8.self)) else { return nil }
        size = number
      case let key where key.hasPrefix("GNU.sparse."): isSparse = true
      default: break
      }
    }
  }
}
