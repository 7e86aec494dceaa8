import TraceModel

/// One member of an archive.
struct TarMember {
  var kind: TarHeader.Kind
  /// The parts of its name between slashes, without `.` and empty ones.
  ///
  /// They are only shown, never opened: `..` is a name like another.
  var components: [String]
  /// The same of the member that a hard link is one with.
  var linkComponents: [String]
  /// Where its content begins in the archive's, and how many bytes it has.
  var offset: UInt64
  var size: UInt64
  /// The first bytes of the content as they are stored.
  var prefix: [UInt8]
}

/// Reads an archive's members one after another, from the first block to the last.
struct TarScan: ~Copyable {
  /// Bytes of an extended header, most of which are a name.
  private static let attributeLimit: UInt64 = 1 << 20
  private static let block = UInt64(TarHeader.blockSize)

  private let prefixLength: Int
  private var membersLeft: Int
  private var bytes: ArtifactBytes
  private var position: UInt64 = 0
  private var isAfterEndMark = false
  private var isOver = false
  /// What is wrong with the archive; set once there are no more members.
  private(set) var fault: StreamFault?

  /// - Parameters:
  ///   - prefixLength: how many bytes of each member to give.
  ///   - memberLimit: how many members an archive may have: a small one can hold millions of names.
  /// - Throws: as `ArtifactBytes`.
  init(
    _ archive: ArtifactPlace, prefixLength: Int, memberLimit: Int = 1 << 18,
    within limit: ExpansionLimit
  ) throws(IngestionError) {
    membersLeft = memberLimit
    self.prefixLength = prefixLength
    bytes = try ArtifactBytes.open(archive, within: limit)
  }

  /// The next member; nil behind the last one, or where the archive is damaged.
  ///
  /// - Throws: as `ArtifactBytes`.
  mutating func next() throws(IngestionError) -> TarMember? {
    var attributes = TarAttributes()
    while var header = try nextHeader() {
      switch header.kind {
      case .attributes:
        let data = try content(of: header)
        guard let data else { return nil }
        guard let found = TarAttributes(data) else { return damaged("a bad extended header") }
        attributes = found
      case .longName, .longLink:
        guard let data = try content(of: header) else { return nil }
        let name = Array(data.prefix { $0 != 0 })
        if header.kind == .longName { attributes.path = name } else { attributes.linkPath = name }
      case .commonAttributes:
        try pass(header.size, read: 0)
      default:
        header.apply(attributes)
        guard membersLeft > 0 else { return damaged("more members than can be shown") }
        membersLeft -= 1
        return try member(header)
      }
    }
    return nil
  }

  /// The next block that is not the end mark; archives may be put one behind another.
  private mutating func nextHeader() throws(IngestionError) -> TarHeader? {
    while !isOver {
      let block = try bytes.next(TarHeader.blockSize)
      if block.count < TarHeader.blockSize {
        if let inner = bytes.fault { return ended(inner) }
        guard isAfterEndMark, block.allSatisfy({ $0 == 0 }) else {
          return ended(.truncated("the archive ends without its end mark", at: position))
        }
        return ended(nil)
      }
      position = position.addingClamped(TarScan.block)
      isAfterEndMark = block.allSatisfy { $0 == 0 }
      if isAfterEndMark { continue }
      do throws(TarHeader.Flaw) { return try TarHeader(block: block) } catch {
        position -= TarScan.block
        return damaged(error == .checksum ? "no header is here" : "an impossible size")
      }
    }
    return nil
  }

  private mutating func member(_ header: TarHeader) throws(IngestionError) -> TarMember {
    if header.hasMoreMap { try passMap() }
    let offset = position
    let wanted = header.kind == .file ? min(UInt64(prefixLength), header.size) : 0
    let prefix = try bytes.next(Int(clamping: wanted))
    try pass(header.size, read: UInt64(prefix.count))
    return TarMember(
      kind: header.kind, components: TarScan.components(of: header.name),
      linkComponents: TarScan.components(of: header.linkName), offset: offset, size: header.size,
      prefix: prefix)
  }

  private static func components(of name: [UInt8]) -> [String] {
    name.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
      .filter { $0 != "." }
  }

  /// Passes over the rest of a content of `size` bytes, up to the next block.
  private mutating func pass(_ size: UInt64, read: UInt64) throws(IngestionError) {
    let blocks = size.addingClamped(TarScan.block - 1) / TarScan.block * TarScan.block
    try bytes.skip(blocks - min(read, blocks))
    position = position.addingClamped(blocks)
  }

  /// The map of a sparse file goes on in blocks of its own.
  private mutating func passMap() throws(IngestionError) {
    while true {
      let block = try bytes.next(TarHeader.blockSize)
      position = position.addingClamped(UInt64(block.count))
      guard block.count == TarHeader.blockSize, block[504] != 0 else { return }
    }
  }

  /// The whole content of an extended header; nil when it is absurd or not all there.
  private mutating func content(of header: TarHeader) throws(IngestionError) -> [UInt8]? {
    guard header.size <= TarScan.attributeLimit else {
      return damaged("an extended header larger than 1 MB")
    }
    let data = try bytes.next(Int(header.size))
    guard data.count == Int(header.size) else {
      return ended(bytes.fault ?? .truncated("the archive ends", at: position))
    }
    try pass(header.size, read: header.size)
    return data
  }

  private mutating func damaged<Result>(_ reason: String) -> Result? {
    ended(.damaged("the archive", at: position, reason))
  }

  private mutating func ended<Result>(_ fault: StreamFault?) -> Result? {
    isOver = true
    self.fault = fault
    return nil
  }
}
