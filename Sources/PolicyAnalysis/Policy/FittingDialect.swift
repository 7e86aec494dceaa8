package import TraceIndex
import TraceModel

extension PolicyDialect {
  /// The dialect whose platform wrote most of the decisions of `indexes`, as their artifacts' formats
  /// tell; the emulator's where none tells it.
  package static func fitting(_ indexes: [TraceIndex]) -> PolicyDialect {
    let dialects: [String: PolicyDialect] = [
      "cloudtrail": .aws, "kubernetes-audit": .kubernetes, "gcp-audit": .gcp,
      "authz-event": .emulator,
    ]
    var records: [PolicyDialect: UInt64] = [:]
    for artifact in indexes.flatMap(\.artifacts) {
      guard let dialect = dialects[artifact.format] else { continue }
      let sum = records[dialect, default: 0].addingReportingOverflow(artifact.recordsRead)
      records[dialect] = sum.overflow ? .max : sum.partialValue
    }
    return allCases.max { records[$0, default: 0] < records[$1, default: 0] } ?? .emulator
  }
}
