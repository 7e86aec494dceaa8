package import TraceModel

/// One execution, read from its memory-mapped index file.
///
/// Rows are numbers from 0 to `rowCount`: spans, decisions and logs in trace order and, inside a
/// trace, in pre-order of the tree. Every accessor is safe on any file that `open` accepted: a
/// number that points nowhere reads as absent.
package final class TraceIndex: Sendable {
  /// Stands for "none" in columns of rows, traces and resources.
  package static let none = UInt32.max

  /// Where the index file is.
  package let path: String
  /// The execution's name.
  package let name: String
  package let totals: ExecutionTotals
  package let artifacts: [ArtifactRecord]
  /// What could not be understood.
  package let diagnostics: DiagnosticLog
  package let rowCount: Int
  package let stringCount: Int
  package let traceCount: Int
  package let resourceCount: Int
  /// How many executions the same artifacts gave, because they name several runs; usually 1.
  package let partCount: Int
  /// By scope, then by the bytes of the name.
  package let attributeKeys: [IndexedKey]

  let eventCount: Int
  let linkCount: Int
  private let file: MappedFile
  /// The bytes of each section, by `IndexSection.rawValue`; empty for a section that is absent.
  private let ranges: [Range<Int>]
  private let digests: [UInt64]

  /// Maps an index file and checks its header, the bounds of every section, and that sections of
  /// one group agree on their number of elements. Rows themselves are not touched.
  ///
  /// - Throws: `TraceIndexError`, with what to do.
  /// - Complexity: O(strings of metadata + keys).
  package static func open(path: String) throws(TraceIndexError) -> TraceIndex {
    try TraceIndex(file: MappedFile.map(path), path: path)
  }

  private init(file: consuming MappedFile, path: String) throws(TraceIndexError) {
    self.path = path
    let table = try file.withBytes { bytes throws(TraceIndexError) in
      try SectionTable(bytes: bytes, path: path)
    }
    ranges = table.ranges
    digests = table.digests
    rowCount = table.rowCount
    stringCount = table.count(.stringEnds)
    traceCount = table.count(.traceHigh)
    eventCount = table.count(.eventRow)
    linkCount = table.count(.linkRow)
    let metadata = file.withBytes { bytes -> IndexMetadata? in
      let part = bytes.extracting(table.ranges[Int(IndexSection.metadata.rawValue)])
      // Small, and read as a whole: unlike the columns it is checked every time.
      guard ContentDigest.of(part) == table.digests[Int(IndexSection.metadata.rawValue)] else {
        return nil
      }
      return IndexMetadata(decoding: part)
    }
    guard let metadata else {
      throw .corrupt(path: path, offset: table.offset(.metadata), reason: "unreadable metadata")
    }
    name = metadata.name
    totals = metadata.totals
    artifacts = metadata.artifacts
    diagnostics = metadata.diagnostics
    resourceCount = metadata.resourceCount
    partCount = metadata.partCount
    attributeKeys = file.withBytes { table.keys(in: $0) }
    self.file = file
  }

  /// The bytes of a section, valid during `body`.
  func withSection<R, E: Error>(
    _ section: IndexSection, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    let range = ranges[Int(section.rawValue)]
    return try file.withBytes { bytes throws(E) in try body(bytes.extracting(range)) }
  }

  /// Element `index` of a section; nil past its end.
  func element<T: BitwiseCopyable>(_ section: IndexSection, _ index: Int, as type: T.Type) -> T? {
    let range = ranges[Int(section.rawValue)]
    let size = MemoryLayout<T>.size
    guard index >= 0, index < range.count / size else { return nil }
    return file.withBytes {
      $0.unsafeLoadUnaligned(fromByteOffset: range.lowerBound + index * size, as: T.self)
    }
  }

  /// Compares every section with its stored digest.
  ///
  /// - Throws: `TraceIndexError.corrupt` for the first section that differs.
  /// - Complexity: O(file size).
  package func verify() throws(TraceIndexError) {
    for descriptor in indexSchema {
      let section = descriptor.section
      let digest = withSection(section) { ContentDigest.of($0) }
      guard digest == digests[Int(section.rawValue)] else {
        throw .corrupt(
          path: path, offset: UInt64(ranges[Int(section.rawValue)].lowerBound),
          reason: "section \(descriptor.name) does not match its digest")
      }
    }
  }

  /// Where each section lies: for `vestige index inspect`.
  package var sections: [(descriptor: SectionDescriptor, offset: Int, byteCount: Int)] {
    indexSchema.map { descriptor in
      let range = ranges[Int(descriptor.section.rawValue)]
      return (descriptor, range.lowerBound, range.count)
    }
  }
}

/// An attribute key of an index, with how often it occurs.
package struct IndexedKey: Sendable, Equatable {
  package let scope: AttributeScope
  package let name: StringID
  package let postings: Range<Int>

  /// The number of values.
  package var count: Int { postings.count }
}

/// The section table of one file, checked against the schema.
private struct SectionTable {
  var ranges: [Range<Int>]
  var digests: [UInt64]
  var rowCount: Int

  init(bytes: RawSpan, path: String) throws(TraceIndexError) {
    let (entries, rowCount) = try IndexFormat.sections(in: bytes, path: path)
    let places = Int(IndexSection.allCases.map(\.rawValue).max() ?? 0) + 1
    ranges = [Range<Int>](repeating: 0..<0, count: places)
    digests = [UInt64](repeating: 0, count: places)
    self.rowCount = rowCount
    var counts: [SectionGroup: Int] = [.rows: rowCount]
    for descriptor in indexSchema {
      guard let entry = entries[descriptor.section] else {
        throw .corrupt(path: path, offset: 0, reason: "section \(descriptor.name) is missing")
      }
      guard entry.elementSize == descriptor.element.size else {
        throw .corrupt(
          path: path, offset: UInt64(entry.range.lowerBound),
          reason: "section \(descriptor.name) has elements of \(entry.elementSize) bytes")
      }
      let count = entry.range.count / descriptor.element.size
      if descriptor.group != .bytes {
        guard counts[descriptor.group, default: count] == count else {
          throw .corrupt(
            path: path, offset: UInt64(entry.range.lowerBound),
            reason: "section \(descriptor.name) has \(count) elements")
        }
        counts[descriptor.group] = count
      }
      ranges[Int(descriptor.section.rawValue)] = entry.range
      digests[Int(descriptor.section.rawValue)] = entry.digest
    }
  }

  func count(_ section: IndexSection) -> Int {
    let size = indexSchema.first { $0.section == section }?.element.size ?? 1
    return ranges[Int(section.rawValue)].count / size
  }

  func offset(_ section: IndexSection) -> UInt64 {
    UInt64(ranges[Int(section.rawValue)].lowerBound)
  }

  func keys(in bytes: RawSpan) -> [IndexedKey] {
    let scopes = bytes.extracting(ranges[Int(IndexSection.keyScope.rawValue)])
    let names = bytes.extracting(ranges[Int(IndexSection.keyName.rawValue)])
    let ends = bytes.extracting(ranges[Int(IndexSection.keyEnd.rawValue)])
    let postings = count(.postingRow)
    var keys: [IndexedKey] = []
    var start = 0
    for ordinal in 0..<count(.keyScope) {
      let scope = AttributeScope(
        rawValue: scopes.unsafeLoad(fromByteOffset: ordinal, as: UInt8.self))
      let name = names.unsafeLoadUnaligned(fromByteOffset: ordinal * 4, as: UInt32.self)
      let end = ends.unsafeLoadUnaligned(fromByteOffset: ordinal * 8, as: UInt64.self)
      let bounded = max(start, min(Int(clamping: end), postings))
      keys.append(
        IndexedKey(
          scope: scope ?? .span, name: StringID(name), postings: start..<bounded))
      start = bounded
    }
    return keys
  }
}
