import TraceModel

/// The `metadata` section: what is small, irregular and needed at once.
struct IndexMetadata {
  var name = ""
  var totals = ExecutionTotals()
  var artifacts: [ArtifactRecord] = []
  var diagnostics = DiagnosticLog()
  /// Each resource's service is in its rows; here is only how many resources there are.
  var resourceCount = 0
  /// How many indexes the same artifacts gave, because they name several runs.
  var partCount = 1

  /// What was refused or skipped belongs to no run, and is counted with the first part alone.
  mutating func narrow(to part: IndexBuilder.Part, rows: Int) {
    partCount = part.count
    totals.recordsRead = UInt64(rows)
    guard part.number > 0 else { return }
    totals.recordsRefused = 0
    totals.recordsSkipped = 0
    diagnostics = DiagnosticLog()
  }

  func encoded() -> [UInt8] {
    var out = IndexBytes()
    out.append(name)
    out.append(UInt64(resourceCount))
    out.append(UInt64(partCount))
    for count in [
      totals.traces, totals.spans, totals.decisions, totals.logs, totals.errors, totals.allowed,
      totals.denied, totals.decisionErrors,
    ] { out.append(UInt64(count)) }
    for count in [totals.recordsRead, totals.recordsRefused, totals.recordsSkipped] {
      out.append(count)
    }
    out.append(totals.start)
    out.append(totals.end)
    out.append(UInt32(artifacts.count))
    for artifact in artifacts { IndexMetadata.encode(artifact, into: &out) }
    out.append(UInt32(diagnostics.kinds.count))
    for kind in diagnostics.kinds {
      guard let tally = diagnostics.tallies[kind] else { continue }
      out.append(kind.artifact)
      out.append(kind.code.rawValue)
      out.append(kind.detail)
      out.append(tally.count)
      out.append(tally.firstOffset)
    }
    out.append(UInt32(diagnostics.kept.count))
    for entry in diagnostics.kept {
      out.append(entry.artifact)
      out.append(entry.code.rawValue)
      out.append(entry.detail)
      out.append(entry.offset)
    }
    return out.bytes
  }

  private static func encode(_ artifact: ArtifactRecord, into out: inout IndexBytes) {
    out.append(artifact.path)
    out.append(artifact.size)
    out.append(artifact.modified)
    out.append(artifact.digest)
    out.append(artifact.format)
    out.append(UInt32(artifact.schemaVersions.count))
    for version in artifact.schemaVersions { out.append(version) }
    out.append(artifact.recordsRead)
    out.append(artifact.recordsRefused)
    out.append(artifact.recordsSkipped)
  }

  /// Nil when the bytes end early or name something unknown.
  init?(decoding bytes: RawSpan) {
    var input = IndexInput(bytes: bytes)
    name = input.string()
    resourceCount = Int(clamping: input.u64())
    partCount = Int(clamping: input.u64())
    totals.traces = Int(clamping: input.u64())
    totals.spans = Int(clamping: input.u64())
    totals.decisions = Int(clamping: input.u64())
    totals.logs = Int(clamping: input.u64())
    totals.errors = Int(clamping: input.u64())
    totals.allowed = Int(clamping: input.u64())
    totals.denied = Int(clamping: input.u64())
    totals.decisionErrors = Int(clamping: input.u64())
    totals.recordsRead = input.u64()
    totals.recordsRefused = input.u64()
    totals.recordsSkipped = input.u64()
    totals.start = input.i64()
    totals.end = input.i64()
    let artifactCount = input.u32()
    for _ in 0..<artifactCount {
      if input.failed { return nil }
      artifacts.append(IndexMetadata.artifact(&input))
    }
    let kindCount = input.u32()
    for _ in 0..<kindCount {
      if input.failed { return nil }
      let artifact = input.u32()
      guard let code = DiagnosticCode(rawValue: input.string()) else { return nil }
      let kind = DiagnosticLog.Kind(artifact: artifact, code: code, detail: input.string())
      diagnostics.restore(kind, .init(count: input.u64(), firstOffset: input.u64()))
    }
    let keptCount = input.u32()
    for _ in 0..<keptCount {
      if input.failed { return nil }
      let artifact = input.u32()
      guard let code = DiagnosticCode(rawValue: input.string()) else { return nil }
      let detail = input.string()
      diagnostics.restore(
        Diagnostic(code, artifact: artifact, offset: input.u64(), detail: detail))
    }
    if input.failed { return nil }
  }

  init() {}

  private static func artifact(_ input: inout IndexInput) -> ArtifactRecord {
    var artifact = ArtifactRecord(path: input.string())
    artifact.size = input.u64()
    artifact.modified = input.i64()
    artifact.digest = input.u64()
    artifact.format = input.string()
    let versions = input.u32()
    for _ in 0..<versions {
      if input.failed { break }
      artifact.schemaVersions.append(input.string())
    }
    artifact.recordsRead = input.u64()
    artifact.recordsRefused = input.u64()
    artifact.recordsSkipped = input.u64()
    return artifact
  }
}
