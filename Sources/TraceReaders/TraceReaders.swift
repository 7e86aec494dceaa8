/// Every artifact format that can be read.
package enum TraceReaders {
  /// All readers, in the order in which they are asked whether an artifact is theirs.
  package static let all: [any TraceReader.Type] = [
    AuthzEventReader.self, CloudTrailReader.self, KubernetesAuditReader.self,
    GoogleCloudAuditReader.self, OTLPReader.self, JaegerReader.self, ZipkinReader.self,
    OTLPProtobufReader.self, JUnitReader.self,
  ]

  /// The first reader that recognises an artifact by its first bytes; `nil` when none does.
  package static func reader(sniffing prefix: RawSpan) -> (any TraceReader.Type)? {
    for reader in all where reader.sniff(prefix) { return reader }
    return nil
  }
}
