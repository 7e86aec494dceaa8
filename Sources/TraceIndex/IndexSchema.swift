/// The parts of an index file. The raw value is the section's id on disk and never reused.
package enum IndexSection: UInt32, CaseIterable, Sendable {
  case metadata = 1
  case stringEnds = 2
  case stringBytes = 3
  case start = 10
  case duration = 11
  case selfTime = 12
  case trace = 13
  case parent = 14
  case subtreeEnd = 15
  case depth = 16
  case kind = 17
  case spanKind = 18
  case status = 19
  case outcome = 20
  case marks = 21
  case name = 22
  case service = 23
  case principal = 24
  case permission = 25
  case target = 26
  case reason = 27
  case evaluator = 28
  case message = 29
  case spanID = 30
  case parentSpanID = 31
  case resource = 32
  case artifact = 33
  case byteOffset = 34
  case byteLength = 35
  case timeOrder = 36
  case joinMethod = 37
  case joinConfidence = 38
  case traceHigh = 50
  case traceLow = 51
  case traceText = 52
  case traceFirstRow = 53
  case traceRowCount = 54
  case traceStart = 55
  case traceEnd = 56
  case traceRoot = 57
  case traceSpans = 58
  case traceDecisions = 59
  case traceErrors = 60
  case traceDenied = 61
  case keyScope = 70
  case keyName = 71
  case keyEnd = 72
  case postingRow = 73
  case postingValue = 74
  case postingType = 75
  case postingItem = 76
  case eventRow = 80
  case eventTime = 81
  case eventName = 82
  case linkRow = 83
  case linkTraceHigh = 84
  case linkTraceLow = 85
  case linkSpan = 86
}

/// What one element of a section stands for; sections of one group have the same element count.
package enum SectionGroup: String, Sendable {
  case bytes, strings, rows, traces, keys, postings, events, links
}

/// The element type of a section, little-endian on disk.
package enum ElementType: String, Sendable {
  case u8, u16, u32, u64, i64

  /// Bytes.
  package var size: Int {
    switch self {
    case .u8: 1
    case .u16: 2
    case .u32: 4
    case .u64, .i64: 8
    }
  }
}

/// One row of the table that drives the writer, the reader, `vestige index inspect` and the check
/// of `docs/index-format.md`.
package struct SectionDescriptor: Sendable {
  package var section: IndexSection
  package var name: String
  package var group: SectionGroup
  package var element: ElementType
  package var meaning: String
}

/// The sections of format version `IndexFormat.version`, in the order in which they are written.
package let indexSchema: [SectionDescriptor] = [
  .init(
    section: .metadata, name: "metadata", group: .bytes, element: .u8,
    meaning: "name, totals, artifacts and diagnostics, encoded as the chapter Metadata says"),
  .init(
    section: .stringEnds, name: "string_end", group: .strings, element: .u64,
    meaning: "offset just past string i in string_bytes; string 0 is empty"),
  .init(
    section: .stringBytes, name: "string_bytes", group: .bytes, element: .u8,
    meaning: "all distinct strings, one after another, exactly as the artifacts have them"),
  .init(
    section: .start, name: "start", group: .rows, element: .i64,
    meaning: "nanoseconds since the Unix epoch"),
  .init(
    section: .duration, name: "duration", group: .rows, element: .i64,
    meaning: "nanoseconds, never negative; a decision's latency"),
  .init(
    section: .selfTime, name: "self_time", group: .rows, element: .i64,
    meaning: "nanoseconds of a span that no child span covers"),
  .init(
    section: .trace, name: "trace", group: .rows, element: .u32,
    meaning: "trace number; 4294967295 for none"),
  .init(
    section: .parent, name: "parent", group: .rows, element: .u32,
    meaning: "row of the parent; 4294967295 for none"),
  .init(
    section: .subtreeEnd, name: "subtree_end", group: .rows, element: .u32,
    meaning: "the row just past the last descendant"),
  .init(
    section: .depth, name: "depth", group: .rows, element: .u16,
    meaning: "ancestors; 65535 for that many or more"),
  .init(
    section: .kind, name: "kind", group: .rows, element: .u8,
    meaning: "0 span, 1 decision, 2 log"),
  .init(
    section: .spanKind, name: "span_kind", group: .rows, element: .u8,
    meaning: "OpenTelemetry SpanKind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, "
      + "5 consumer"),
  .init(
    section: .status, name: "status", group: .rows, element: .u8,
    meaning: "0 unset, 1 ok, 2 error"),
  .init(
    section: .outcome, name: "outcome", group: .rows, element: .u8,
    meaning: "0 none, 1 allow, 2 deny, 3 error, 4 allowed-then-failed, 5 unknown, "
      + "6 unauthenticated"),
  .init(
    section: .marks, name: "marks", group: .rows, element: .u16,
    meaning: "bits: 0 root, 1 orphan, 2 duplicate, 3 cycle, 4 leaf, 5 critical, 6 error below, "
      + "7 denial below, 8 end before start, 9 time missing, 10 joined, 11 end missing"),
  .init(section: .name, name: "name", group: .rows, element: .u32, meaning: "string"),
  .init(section: .service, name: "service", group: .rows, element: .u32, meaning: "string"),
  .init(section: .principal, name: "principal", group: .rows, element: .u32, meaning: "string"),
  .init(section: .permission, name: "permission", group: .rows, element: .u32, meaning: "string"),
  .init(section: .target, name: "target", group: .rows, element: .u32, meaning: "string"),
  .init(section: .reason, name: "reason", group: .rows, element: .u32, meaning: "string"),
  .init(section: .evaluator, name: "evaluator", group: .rows, element: .u32, meaning: "string"),
  .init(section: .message, name: "message", group: .rows, element: .u32, meaning: "string"),
  .init(section: .spanID, name: "span_id", group: .rows, element: .u64, meaning: "0 for none"),
  .init(
    section: .parentSpanID, name: "parent_span_id", group: .rows, element: .u64,
    meaning: "0 for none; the span itself may be missing"),
  .init(
    section: .resource, name: "resource", group: .rows, element: .u32,
    meaning: "resource number; 4294967295 for none"),
  .init(
    section: .artifact, name: "artifact", group: .rows, element: .u32,
    meaning: "artifact number"),
  .init(
    section: .byteOffset, name: "byte_offset", group: .rows, element: .u64,
    meaning: "where the record begins in its artifact, in bytes of the decompressed content"),
  .init(section: .byteLength, name: "byte_length", group: .rows, element: .u32, meaning: "bytes"),
  .init(
    section: .timeOrder, name: "time_order", group: .rows, element: .u32,
    meaning: "all rows by start, ties by row"),
  .init(
    section: .joinMethod, name: "join_method", group: .rows, element: .u8,
    meaning: "0 none, 1 trace and span id, 2 trace id, 3 request id, 4 principal and time, "
      + "5 ambiguous and left alone"),
  .init(
    section: .joinConfidence, name: "join_confidence", group: .rows, element: .u8,
    meaning: "of a hundred such joins, how many should be right; 0 for none"),
  .init(
    section: .traceHigh, name: "trace_id_high", group: .traces, element: .u64,
    meaning: "the first 8 bytes of the id as a big-endian number"),
  .init(
    section: .traceLow, name: "trace_id_low", group: .traces, element: .u64,
    meaning: "the last 8 bytes"),
  .init(
    section: .traceText, name: "trace_id_text", group: .traces, element: .u32,
    meaning: "string; 0 when the 32 hexadecimal digits say the same"),
  .init(
    section: .traceFirstRow, name: "trace_first_row", group: .traces, element: .u32,
    meaning: "row"),
  .init(
    section: .traceRowCount, name: "trace_row_count", group: .traces, element: .u32,
    meaning: "rows"),
  .init(
    section: .traceStart, name: "trace_start", group: .traces, element: .i64,
    meaning: "nanoseconds since the Unix epoch"),
  .init(
    section: .traceEnd, name: "trace_end", group: .traces, element: .i64,
    meaning: "nanoseconds since the Unix epoch"),
  .init(
    section: .traceRoot, name: "trace_root", group: .traces, element: .u32,
    meaning: "row of the earliest span without a parent"),
  .init(
    section: .traceSpans, name: "trace_spans", group: .traces, element: .u32,
    meaning: "spans"),
  .init(
    section: .traceDecisions, name: "trace_decisions", group: .traces, element: .u32,
    meaning: "decisions"),
  .init(
    section: .traceErrors, name: "trace_errors", group: .traces, element: .u32,
    meaning: "spans with status error"),
  .init(
    section: .traceDenied, name: "trace_denied", group: .traces, element: .u32,
    meaning: "decisions denied"),
  .init(
    section: .keyScope, name: "key_scope", group: .keys, element: .u8,
    meaning: "0 span, 1 resource, 2 event, 3 link, 4 authz, 5 scope"),
  .init(section: .keyName, name: "key_name", group: .keys, element: .u32, meaning: "string"),
  .init(
    section: .keyEnd, name: "key_end", group: .keys, element: .u64,
    meaning: "number of the posting just past the key's last"),
  .init(
    section: .postingRow, name: "posting_row", group: .postings, element: .u32,
    meaning: "row; resource number for the scopes resource and scope; ascending inside a key"),
  .init(
    section: .postingValue, name: "posting_value", group: .postings, element: .u32,
    meaning: "string"),
  .init(
    section: .postingType, name: "posting_type", group: .postings, element: .u8,
    meaning: "0 string, 1 integer, 2 double, 3 boolean, 4 bytes as base64, 5 JSON, 6 empty"),
  .init(
    section: .postingItem, name: "posting_item", group: .postings, element: .u32,
    meaning: "event number, link number or binding number; 0 otherwise"),
  .init(
    section: .eventRow, name: "event_row", group: .events, element: .u32,
    meaning: "row, ascending"),
  .init(
    section: .eventTime, name: "event_time", group: .events, element: .i64,
    meaning: "nanoseconds since the Unix epoch"),
  .init(
    section: .eventName, name: "event_name", group: .events, element: .u32,
    meaning: "string"),
  .init(
    section: .linkRow, name: "link_row", group: .links, element: .u32,
    meaning: "row, ascending"),
  .init(
    section: .linkTraceHigh, name: "link_trace_high", group: .links, element: .u64,
    meaning: "first 8 bytes of the linked trace's id"),
  .init(
    section: .linkTraceLow, name: "link_trace_low", group: .links, element: .u64,
    meaning: "last 8 bytes"),
  .init(
    section: .linkSpan, name: "link_span", group: .links, element: .u64,
    meaning: "the linked span's id"),
]
