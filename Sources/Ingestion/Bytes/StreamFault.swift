package import TraceModel

/// Why an artifact's or archive's bytes end before they should.
package struct StreamFault: Sendable, Equatable {
  /// `truncated` or `damaged`.
  package let code: DiagnosticCode
  /// What is wrong and where, such as `gzip data, at byte 1234: invalid distance code`.
  package let reason: String

  static func truncated(_ what: String, at offset: UInt64) -> StreamFault {
    StreamFault(code: .truncated, reason: "\(what) at byte \(offset)")
  }

  static func damaged(_ what: String, at offset: UInt64, _ reason: String) -> StreamFault {
    StreamFault(code: .damaged, reason: "\(what), at byte \(offset): \(reason)")
  }
}
