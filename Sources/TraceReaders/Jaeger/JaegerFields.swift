import WireFormats

/// The parts of a Jaeger document that the walk names.
enum JaegerPart: Int {
  case document, data, trace, spans, span, processes, warnings, warning, errors, error

  /// The part's name in diagnostics.
  var name: String {
    switch self {
    case .document: "document"
    case .data, .trace: "data"
    case .spans, .span: "spans"
    case .processes: "processes"
    case .warnings, .warning: "warnings"
    case .errors, .error: "errors"
    }
  }
}

enum JaegerSpanField: Int {
  case traceID, spanID, parentSpanID, flags, operationName, references, startTime, duration
  case tags, logs, processID, process, warnings
  // What Jaeger's web page works out from the other spans.
  case childSpans, referencedBy, relativeStart, depth, hasChildren
}

enum JaegerReferenceField: Int {
  case type, traceID, spanID, span
}

enum JaegerTagField: Int {
  case key, type, value
}

enum JaegerLogField: Int {
  case timestamp, fields
}

enum JaegerProcessField: Int {
  case serviceName, tags, key
}

/// Jaeger's fields that have no column.
enum JaegerKey: Int, SpanFormatKey {
  case spanID, parentSpanID, traceID, referenceType, flags, warnings, serviceName

  static let names = [
    "span_id", "parent_span_id", "trace_id", "ref_type", "flags", "warnings", "service.name",
  ]
}

/// The shapes of Jaeger's JSON: answers of its query service, and traces on their own.
enum JaegerFields {
  private static let traceFields = [
    OutlineField(
      "spans", leadsTo: .array(JaegerPart.spans.rawValue, of: .record(JaegerPart.span.rawValue))),
    OutlineField("processes", leadsTo: .record(JaegerPart.processes.rawValue)),
    OutlineField(
      "warnings",
      leadsTo: .array(JaegerPart.warnings.rawValue, of: .counted(JaegerPart.warning.rawValue))),
    // Each span has the trace's id; the others are worked out from the spans by Jaeger's web page.
    OutlineField(
      "traceID", "services", "traceName", "duration", "startTime", "endTime", leadsTo: .ignored),
  ]

  static let outline = Outline.object(
    JaegerPart.document.rawValue,
    [
      OutlineField(
        "data",
        leadsTo: .oneOrMany(
          JaegerPart.data.rawValue, of: .object(JaegerPart.trace.rawValue, traceFields))),
      OutlineField(
        "errors",
        leadsTo: .array(JaegerPart.errors.rawValue, of: .counted(JaegerPart.error.rawValue))),
      OutlineField("total", "limit", "offset", leadsTo: .ignored),
    ] + traceFields)

  static let span = FieldTable(
    [
      .value("traceID", JaegerSpanField.traceID),
      .value("spanID", JaegerSpanField.spanID),
      .value("parentSpanID", JaegerSpanField.parentSpanID),
      .value("flags", JaegerSpanField.flags),
      .value("operationName", JaegerSpanField.operationName),
      .handed("references", JaegerSpanField.references),
      .value("startTime", JaegerSpanField.startTime),
      .value("duration", JaegerSpanField.duration),
      .handed("tags", JaegerSpanField.tags),
      .handed("logs", JaegerSpanField.logs),
      .value("processID", JaegerSpanField.processID),
      .value("process", JaegerSpanField.process),
      .handed("warnings", JaegerSpanField.warnings),
      .ignored("childSpanIds", JaegerSpanField.childSpans),
      .ignored("subsidiarilyReferencedBy", JaegerSpanField.referencedBy),
      .ignored("relativeStartTime", JaegerSpanField.relativeStart),
      .ignored("depth", JaegerSpanField.depth),
      .ignored("hasChildren", JaegerSpanField.hasChildren),
    ], prefix: "span.")

  static let reference = FieldTable(
    [
      .value("refType", JaegerReferenceField.type),
      .value("traceID", JaegerReferenceField.traceID),
      .value("spanID", JaegerReferenceField.spanID),
      .ignored("span", JaegerReferenceField.span),
    ], prefix: "reference.")

  static let tag = FieldTable(
    [
      .value("key", JaegerTagField.key),
      .value("type", JaegerTagField.type),
      .value("value", JaegerTagField.value),
    ], prefix: "tag.")

  static let log = FieldTable(
    [
      .value("timestamp", JaegerLogField.timestamp),
      .handed("fields", JaegerLogField.fields),
    ], prefix: "log.")

  static let process = FieldTable(
    [
      .value("serviceName", JaegerProcessField.serviceName),
      .handed("tags", JaegerProcessField.tags),
      .ignored("key", JaegerProcessField.key),
    ], prefix: "process.")
}
