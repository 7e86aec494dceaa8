/// How much content compressed data may turn into before it is taken for a trap.
///
/// The first 32 MB are always read. Beyond them there may be at most `ratio` bytes for each byte of
/// compressed data read so far. Logs and traces shrink to a tenth, very regular ones to a
/// hundredth; ten megabytes of gzip can hold ten gigabytes of nothing.
package struct ExpansionLimit: Sendable, Equatable {
  /// Content that needs no justification, in bytes.
  package static let allowance: UInt64 = 32 << 20
  /// What is right for everything but very regular data.
  package static let standard = ExpansionLimit(ratio: 200)

  /// Bytes of content for each byte of compressed data.
  package let ratio: UInt64

  package init(ratio: UInt64) { self.ratio = ratio }

  func allows(content: UInt64, from compressed: UInt64) -> Bool {
    if content <= ExpansionLimit.allowance { return true }
    let (most, isTooLarge) = compressed.multipliedReportingOverflow(by: ratio)
    return isTooLarge || content <= most
  }
}
