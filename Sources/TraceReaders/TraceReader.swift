package import TraceModel

/// What one artifact format is called and which of its versions are read.
package struct FormatDescriptor: Sendable, Equatable {
  /// The stable name used in commands, JSON output and the index, such as `otlp-json`.
  package let name: String
  /// What people call the format, for screens and reports.
  package let title: String
  /// The schema versions that are read, and what becomes of others.
  package let schemaVersions: SchemaVersions
  /// What happened and leaves no record in this format, a clause each: what a person must not
  /// conclude from an artifact's silence. `docs/formats` has them at length.
  package let blindSpots: [String]

  package init(
    name: String, title: String, schemaVersions: SchemaVersions = .unnamed, blindSpots: [String]
  ) {
    self.name = name
    self.title = title
    self.schemaVersions = schemaVersions
    self.blindSpots = blindSpots
  }
}

/// Turns the bytes of one artifact into records.
///
/// A reader is fed the artifact from its first byte to its last in pieces of any size; the records
/// do not depend on where the pieces were cut. It never throws: what it cannot understand becomes
/// a diagnostic, and reading goes on behind it.
package protocol TraceReader: Sendable {
  /// The format this reader reads.
  static var descriptor: FormatDescriptor { get }

  /// Whether an artifact that begins with `prefix` is of this format; the content alone decides.
  ///
  /// - Parameter prefix: the artifact's first bytes, at most 64 KB; its last record may be cut.
  /// - Returns: whether it is of this format.
  static func sniff(_ prefix: RawSpan) -> Bool

  /// A reader at the first byte of an artifact.
  ///
  /// - Parameter artifact: the artifact's index in `RecordBatch.artifacts`, which must exist.
  init(artifact: UInt32)

  /// Reads the complete records at the front of `buffer` and appends them to `batch`.
  ///
  /// The caller drops the bytes that were consumed, appends more behind the rest and calls again;
  /// when nothing was consumed it must offer more bytes than before. Byte offsets in the records
  /// and diagnostics count from the artifact's first byte.
  ///
  /// - Parameters:
  ///   - buffer: the artifact's bytes from the first one not yet consumed.
  ///   - isFinal: no more bytes will come; all of `buffer` is then consumed.
  ///   - batch: gains rows, diagnostics, and the artifact's format, counts and schema versions;
  ///     the same one for all of an artifact.
  /// - Returns: how many bytes were consumed.
  mutating func read(_ buffer: RawSpan, isFinal: Bool, into batch: inout RecordBatch) -> Int
}
