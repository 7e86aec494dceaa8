import WireFormats

/// The parts of a Zipkin artifact that the walk names.
enum ZipkinPart: Int {
  case trace, span
}

/// The fields of a span, version 1 and version 2 together: they do not contradict each other.
enum ZipkinSpanField: Int {
  case traceID, id, parentID, kind, name, timestamp, duration, debug, shared
  case localEndpoint, localService, localIPv4, localIPv6, localPort
  case remoteEndpoint, remoteService, remoteIPv4, remoteIPv6, remotePort
  case annotations, tags, binaryAnnotations
}

enum ZipkinAnnotationField: Int {
  case timestamp, value, endpoint, service, ipv4, ipv6, port
}

/// The fields of version 1's attributes.
enum ZipkinBinaryField: Int {
  case key, value, type, endpoint, service, ipv4, ipv6, port
}

/// Zipkin's fields that have no column.
enum ZipkinKey: Int, SpanFormatKey {
  case spanID, parentSpanID, debug, shared
  case remoteService, remoteIPv4, remoteIPv6, remotePort
  case serviceName, ipv4, ipv6, port

  static let names = [
    "span_id", "parent_span_id", "debug", "shared", "remote_endpoint.service_name",
    "remote_endpoint.ipv4", "remote_endpoint.ipv6", "remote_endpoint.port", "service.name", "ipv4",
    "ipv6", "port",
  ]
}

/// The shapes of Zipkin's JSON: spans, lists of spans, and lists of traces that are such lists.
enum ZipkinFields {
  static let outline = Outline.oneOrMany(
    ZipkinPart.trace.rawValue, of: .record(ZipkinPart.span.rawValue))

  /// The fields of a span of which an artifact has at least one, beside `traceId` and `id`.
  static let signs = [
    "localEndpoint", "remoteEndpoint", "annotations", "binaryAnnotations", "parentId", "duration",
  ]

  static let span = FieldTable(
    [
      .value("traceId", ZipkinSpanField.traceID),
      .value("parentId", ZipkinSpanField.parentID),
      .value("id", ZipkinSpanField.id),
      .value("kind", ZipkinSpanField.kind),
      .value("name", ZipkinSpanField.name),
      .value("timestamp", ZipkinSpanField.timestamp),
      .value("duration", ZipkinSpanField.duration),
      .object(
        "localEndpoint", ZipkinSpanField.localEndpoint,
        [
          .value("serviceName", ZipkinSpanField.localService),
          .value("ipv4", ZipkinSpanField.localIPv4),
          .value("ipv6", ZipkinSpanField.localIPv6),
          .value("port", ZipkinSpanField.localPort),
        ]),
      .object(
        "remoteEndpoint", ZipkinSpanField.remoteEndpoint,
        [
          .value("serviceName", ZipkinSpanField.remoteService),
          .value("ipv4", ZipkinSpanField.remoteIPv4),
          .value("ipv6", ZipkinSpanField.remoteIPv6),
          .value("port", ZipkinSpanField.remotePort),
        ]),
      .handed("annotations", ZipkinSpanField.annotations),
      .handed("tags", ZipkinSpanField.tags),
      .handed("binaryAnnotations", ZipkinSpanField.binaryAnnotations),
      .value("debug", ZipkinSpanField.debug),
      .value("shared", ZipkinSpanField.shared),
    ], prefix: "span.")

  static let annotation = FieldTable(
    [
      .value("timestamp", ZipkinAnnotationField.timestamp),
      .value("value", ZipkinAnnotationField.value),
      .object(
        "endpoint", ZipkinAnnotationField.endpoint,
        [
          .value("serviceName", ZipkinAnnotationField.service),
          .value("ipv4", ZipkinAnnotationField.ipv4),
          .value("ipv6", ZipkinAnnotationField.ipv6),
          .value("port", ZipkinAnnotationField.port),
        ]),
    ], prefix: "annotation.")

  static let binaryAnnotation = FieldTable(
    [
      .value("key", ZipkinBinaryField.key),
      .value("value", ZipkinBinaryField.value),
      .value("type", ZipkinBinaryField.type),
      .object(
        "endpoint", ZipkinBinaryField.endpoint,
        [
          .value("serviceName", ZipkinBinaryField.service),
          .value("ipv4", ZipkinBinaryField.ipv4),
          .value("ipv6", ZipkinBinaryField.ipv6),
          .value("port", ZipkinBinaryField.port),
        ]),
    ], prefix: "binaryAnnotation.")
}
