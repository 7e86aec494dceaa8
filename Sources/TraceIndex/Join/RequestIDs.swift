import TraceModel

/// The rows of traces that have a request id which a loose row has as well.
struct RequestIDs {
  /// Attributes that hold a request's id, by their name in lower case with `_` for every other
  /// sign. Audit readers call theirs `request_id`.
  private static let names: Set<String> = [
    "request_id", "requestid", "x_request_id", "http_request_id", "guid_x_request_id",
    "http_request_header_x_request_id", "http_response_header_x_request_id",
    "http_response_header_x_amzn_requestid", "http_response_header_x_amz_request_id",
    "aws_request_id", "aws_requestid", "faas_invocation_id", "faas_execution", "rpc_request_id",
    "audit_id", "http_audit_id", "http_response_header_audit_id", "correlation_id",
    "x_correlation_id", "http_request_header_x_correlation_id",
  ]
  /// More rows than this with one id do not make its place any clearer.
  private static let limit = 256

  /// By id, the rows of traces that have it, ascending.
  private var anchors: [StringID: [UInt32]] = [:]
  /// By loose row, its ids.
  private var wanted: [Int: [StringID]] = [:]

  init(of loose: borrowing SpillArray<UInt32>, in batch: inout RecordBatch) {
    let isKey = batch.keys.map { key in
      (key.scope == .span || key.scope == .authz)
        && RequestIDs.names.contains(RequestIDs.normal(batch.strings.string(key.name)))
    }
    guard isKey.contains(true) else { return }
    for index in loose.indices {
      batch.space?.pace(index)
      let row = Int(loose[index])
      let ids = RequestIDs.ids(ofRow: row, isKey, in: &batch)
      guard !ids.isEmpty else { continue }
      wanted[row] = ids
      for id in ids { anchors[id] = [] }
    }
    guard !wanted.isEmpty else { return }
    for row in batch.rows.indices {
      batch.space?.pace(row)
      guard !batch.rows[row].trace.isNone else { continue }
      for id in RequestIDs.ids(ofRow: row, isKey, in: &batch) {
        guard let known = anchors[id]?.count, known < RequestIDs.limit else { continue }
        anchors[id]?.append(UInt32(row))
      }
    }
  }

  func candidates(for row: Int, in batch: borrowing RecordBatch) -> JoinCandidates {
    var candidates = JoinCandidates()
    for id in wanted[row] ?? [] {
      for anchor in anchors[id] ?? [] {
        let other = batch.rows[Int(anchor)]
        let distance =
          if let moments = batch.rows[row].moments, let others = other.moments {
            moments.distance(to: others)
          } else { Int64.max }
        candidates.add(Int(anchor), of: other.trace, .request, distance: distance)
      }
    }
    return candidates
  }

  private static func ids(
    ofRow row: Int, _ isKey: [Bool], in batch: inout RecordBatch
  ) -> [StringID] {
    let first = Int(batch.rows[row].firstAttribute)
    var ids: [StringID] = []
    for place in first..<first + Int(batch.rows[row].attributeCount) {
      let attribute = batch.attributes[place]
      guard isKey[Int(attribute.key)], !attribute.value.isEmpty,
        !ContentFree.texts.contains(batch.strings.string(attribute.value).lowercased())
      else { continue }
      // Headers are lists by OpenTelemetry's conventions.
      guard attribute.type == .structure else {
        ids.append(attribute.value)
        continue
      }
      let text = batch.strings.string(attribute.value)
      guard text.hasPrefix("[\""), text.hasSuffix("\"]"), text.utf8.count > 4 else { continue }
      let inner = text.dropFirst(2).dropLast(2)
      if !inner.contains("\"") { ids.append(batch.strings.intern(String(inner))) }
    }
    return ids
  }

  private static func normal(_ name: String) -> String {
    String(
      decoding: name.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
  }
}
