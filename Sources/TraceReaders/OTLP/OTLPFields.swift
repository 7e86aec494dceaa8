import WireFormats

/// The parts of an OTLP request that the walk names.
enum OTLPPart: Int {
  case request
  case resourceSpans, resourceSpansElement, scopeSpans, scopeSpansElement, spans
  case resourceLogs, resourceLogsElement, scopeLogs, scopeLogsElement, logRecords
  case resource, scope, span, logRecord
  case notRead, notReadElement

  /// The part's name in diagnostics.
  var name: String {
    switch self {
    case .request: "request"
    case .resourceSpans, .resourceSpansElement: "resourceSpans"
    case .scopeSpans, .scopeSpansElement: "scopeSpans"
    case .spans, .span: "spans"
    case .resourceLogs, .resourceLogsElement: "resourceLogs"
    case .scopeLogs, .scopeLogsElement: "scopeLogs"
    case .logRecords, .logRecord: "logRecords"
    case .resource: "resource"
    case .scope: "scope"
    case .notRead, .notReadElement: "metrics or profiles"
    }
  }
}

enum SpanField: Int {
  case traceID, spanID, traceState, parentSpanID, flags, name, kind, start, end
  case attributes, droppedAttributes, events, droppedEvents, links, droppedLinks
  case status, statusMessage, statusCode
}

/// The fields of an attribute; those of its value are numbered as `AnyValueField` says.
enum AttributeField: Int {
  case key = 8
  case value
}

/// The fields of a value of any type.
enum AnyValueField: Int {
  case string, integer, boolean, double, array, pairs, bytes
}

enum EventField: Int {
  case time, name, attributes, droppedAttributes
}

enum LinkField: Int {
  case traceID, spanID, traceState, attributes, droppedAttributes, flags
}

/// The fields of a resource and of an instrumentation scope.
enum OriginField: Int {
  case name, version, attributes, droppedAttributes, entityReferences
}

/// The fields of a log record; those of its body are numbered as `AnyValueField` says.
enum LogField: Int {
  case body = 8
  case time, observedTime, severityNumber, severityText, attributes, droppedAttributes, flags
  case traceID, spanID, eventName
}

/// The shapes of OTLP/JSON, all of which occur in files: requests, one of their elements on its
/// own, the names of old versions, and Tempo's.
enum OTLPFields {
  private static func array(_ list: OTLPPart, of element: Outline) -> Outline {
    .array(list.rawValue, of: element)
  }

  private static let scopeSpans = array(
    .scopeSpans,
    of: .object(
      OTLPPart.scopeSpansElement.rawValue,
      [
        OutlineField(
          "scope", "instrumentationLibrary", "instrumentation_library",
          leadsTo: .record(OTLPPart.scope.rawValue)),
        OutlineField("spans", leadsTo: array(.spans, of: .record(OTLPPart.span.rawValue))),
        OutlineField("schemaUrl", "schema_url", leadsTo: .ignored),
      ]))

  private static let scopeLogs = array(
    .scopeLogs,
    of: .object(
      OTLPPart.scopeLogsElement.rawValue,
      [
        OutlineField(
          "scope", "instrumentationLibrary", "instrumentation_library",
          leadsTo: .record(OTLPPart.scope.rawValue)),
        OutlineField(
          "logRecords", "log_records", "logs",
          leadsTo: array(.logRecords, of: .record(OTLPPart.logRecord.rawValue))),
        OutlineField("schemaUrl", "schema_url", leadsTo: .ignored),
      ]))

  private static let elementFields = [
    OutlineField("resource", leadsTo: .record(OTLPPart.resource.rawValue)),
    OutlineField(
      "scopeSpans", "scope_spans", "instrumentationLibrarySpans",
      "instrumentation_library_spans", leadsTo: scopeSpans),
    OutlineField(
      "scopeLogs", "scope_logs", "instrumentationLibraryLogs", "instrumentation_library_logs",
      leadsTo: scopeLogs),
    OutlineField("schemaUrl", "schema_url", leadsTo: .ignored),
  ]

  private static let notRead = array(.notRead, of: .counted(OTLPPart.notReadElement.rawValue))

  static let outline = Outline.object(
    OTLPPart.request.rawValue,
    [
      OutlineField(
        "resourceSpans", "resource_spans", "batches",
        leadsTo: array(
          .resourceSpans,
          of: .object(OTLPPart.resourceSpansElement.rawValue, elementFields))),
      OutlineField(
        "resourceLogs", "resource_logs",
        leadsTo: array(
          .resourceLogs, of: .object(OTLPPart.resourceLogsElement.rawValue, elementFields))),
      OutlineField(
        "resourceMetrics", "resource_metrics", "scopeMetrics", "scope_metrics",
        "resourceProfiles", "resource_profiles", "scopeProfiles", "scope_profiles",
        leadsTo: notRead),
    ] + elementFields)

  /// The keys at most two objects deep of which an OTLP artifact has at least one.
  static let signs = [
    "resourceSpans", "resource_spans", "scopeSpans", "scope_spans",
    "instrumentationLibrarySpans", "instrumentation_library_spans", "resourceLogs",
    "resource_logs", "scopeLogs", "scope_logs", "resourceMetrics", "resource_metrics",
    "scopeMetrics", "scope_metrics",
  ]

  private static let anyValue: [Field] = [
    .value("stringValue", AnyValueField.string),
    .value("intValue", AnyValueField.integer),
    .value("boolValue", AnyValueField.boolean),
    .value("doubleValue", AnyValueField.double),
    .value("arrayValue", AnyValueField.array),
    .value("kvlistValue", AnyValueField.pairs),
    .value("bytesValue", AnyValueField.bytes),
  ]

  static let attribute = FieldTable(
    [
      .value("key", AttributeField.key),
      .object("value", AttributeField.value, anyValue),
    ], prefix: "attribute.", acceptsSnakeCase: true)

  static let span = FieldTable(
    [
      .value("traceId", SpanField.traceID),
      .value("spanId", SpanField.spanID),
      .value("traceState", SpanField.traceState),
      .value("parentSpanId", SpanField.parentSpanID),
      .value("flags", SpanField.flags),
      .value("name", SpanField.name),
      .value("kind", SpanField.kind),
      .value("startTimeUnixNano", SpanField.start),
      .value("endTimeUnixNano", SpanField.end),
      .handed("attributes", SpanField.attributes),
      .value("droppedAttributesCount", SpanField.droppedAttributes),
      .handed("events", SpanField.events),
      .value("droppedEventsCount", SpanField.droppedEvents),
      .handed("links", SpanField.links),
      .value("droppedLinksCount", SpanField.droppedLinks),
      .object(
        "status", SpanField.status,
        [
          .value("message", SpanField.statusMessage),
          .value("code", SpanField.statusCode),
        ]),
    ], prefix: "span.", acceptsSnakeCase: true)

  static let event = FieldTable(
    [
      .value("timeUnixNano", EventField.time),
      .value("name", EventField.name),
      .handed("attributes", EventField.attributes),
      .value("droppedAttributesCount", EventField.droppedAttributes),
    ], prefix: "event.", acceptsSnakeCase: true)

  static let link = FieldTable(
    [
      .value("traceId", LinkField.traceID),
      .value("spanId", LinkField.spanID),
      .value("traceState", LinkField.traceState),
      .handed("attributes", LinkField.attributes),
      .value("droppedAttributesCount", LinkField.droppedAttributes),
      .value("flags", LinkField.flags),
    ], prefix: "link.", acceptsSnakeCase: true)

  static let resource = FieldTable(
    [
      .handed("attributes", OriginField.attributes),
      .value("droppedAttributesCount", OriginField.droppedAttributes),
      .ignored("entityRefs", OriginField.entityReferences),
    ], prefix: "resource.", acceptsSnakeCase: true)

  static let scope = FieldTable(
    [
      .value("name", OriginField.name),
      .value("version", OriginField.version),
      .handed("attributes", OriginField.attributes),
      .value("droppedAttributesCount", OriginField.droppedAttributes),
    ], prefix: "scope.", acceptsSnakeCase: true)

  static let log = FieldTable(
    [
      .value("timeUnixNano", LogField.time),
      .value("observedTimeUnixNano", LogField.observedTime),
      .value("severityNumber", LogField.severityNumber),
      .value("severityText", LogField.severityText),
      .value("eventName", LogField.eventName),
      .object("body", LogField.body, anyValue),
      .handed("attributes", LogField.attributes),
      .value("droppedAttributesCount", LogField.droppedAttributes),
      .value("flags", LogField.flags),
      .value("traceId", LogField.traceID),
      .value("spanId", LogField.spanID),
    ], prefix: "log.", acceptsSnakeCase: true)
}
