import TraceModel
import WireFormats

extension ZipkinReader {
  /// Reads version 2's tags, an object whose keys are theirs.
  mutating func readTags(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var members = ObjectMembers.open(in: bytes, at: &cursor) else {
      return try passWrong("span.tags", bytes, &cursor)
    }
    while let key = try members.next(in: bytes, at: &cursor) {
      let name = intern(key, bytes, &batch)
      let value = try attribute.readValue(in: bytes, at: &cursor)
      batch.attributes.append(
        RecordAttribute(
          key: batch.key(.span, name), value: intern(value, bytes, &batch),
          type: value.type(in: bytes)))
    }
  }

  /// Reads the annotations, which become events; those of version 1 also say where they happened.
  mutating func readAnnotations(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.annotations", bytes, &cursor)
    }
    let row = UInt32(truncatingIfNeeded: batch.rows.count)
    while try elements.next(in: bytes, at: &cursor) {
      guard try annotation.begin(in: bytes, at: &cursor) else {
        try passWrong("span.annotations", bytes, &cursor)
        continue
      }
      while try annotation.next(in: bytes, at: &cursor) != nil {}
      if annotation.hasIssues { report(annotation, bytes) }
      let value = annotation.value(ZipkinAnnotationField.value)
      let time = time(
        annotation.value(ZipkinAnnotationField.timestamp), "annotation.timestamp", bytes, scale: 3)
      let endpoint = ZipkinEndpoint(
        service: annotation.value(ZipkinAnnotationField.service),
        ipv4: annotation.value(ZipkinAnnotationField.ipv4),
        ipv6: annotation.value(ZipkinAnnotationField.ipv6),
        port: annotation.value(ZipkinAnnotationField.port))
      core.note(value, at: time, endpoint, bytes)
      let item = UInt32(truncatingIfNeeded: batch.events.count)
      let name = column(value, "annotation.value", bytes, &batch)
      batch.events.append(RecordEvent(row: row, time: Int64(clamping: time ?? 0), name: name))
      appendText(endpoint.service, .serviceName, .event, item, bytes, &batch)
      appendText(endpoint.ipv4, .ipv4, .event, item, bytes, &batch)
      appendText(endpoint.ipv6, .ipv6, .event, item, bytes, &batch)
      appendNumber(endpoint.port, .port, .event, item, bytes, &batch)
    }
  }

  /// Reads version 1's attributes; `sa`, `ca` and `ma` are the address of the other side.
  mutating func readBinaryAnnotations(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.binaryAnnotations", bytes, &cursor)
    }
    while try elements.next(in: bytes, at: &cursor) {
      guard try attribute.begin(in: bytes, at: &cursor) else {
        try passWrong("span.binaryAnnotations", bytes, &cursor)
        continue
      }
      while try attribute.next(in: bytes, at: &cursor) != nil {}
      if attribute.hasIssues { report(attribute, bytes) }
      let key = attribute.value(ZipkinBinaryField.key)
      let endpoint = ZipkinEndpoint(
        service: attribute.value(ZipkinBinaryField.service),
        ipv4: attribute.value(ZipkinBinaryField.ipv4),
        ipv6: attribute.value(ZipkinBinaryField.ipv6),
        port: attribute.value(ZipkinBinaryField.port))
      if ZipkinReader.isAddress(key, bytes) {
        appendRemote(endpoint, bytes, &batch)
        continue
      }
      core.note(endpoint)
      let name = intern(key, bytes, &batch)
      let (value, type) = binaryValue(bytes, &batch)
      batch.attributes.append(
        RecordAttribute(key: batch.key(.span, name), value: value, type: type))
    }
  }

  private static func isAddress(_ key: FieldValue, _ bytes: RawSpan) -> Bool {
    key.equals("sa", in: bytes) || key.equals("ca", in: bytes) || key.equals("ma", in: bytes)
  }

  /// The text and type of the binary annotation at hand.
  private mutating func binaryValue(
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> (StringID, ValueType) {
    let value = attribute.value(ZipkinBinaryField.value)
    if value.isMissing { return (.empty, .empty) }
    let declared = attribute.value(ZipkinBinaryField.type)
    guard let type = ZipkinReader.type(named: declared, bytes) else {
      if !declared.isMissing { replaced("binaryAnnotation.type", declared) }
      return (intern(value, bytes, &batch), value.type(in: bytes))
    }
    return scalar(value, as: type, "binaryAnnotation.value", bytes, &batch)
  }

  private static func type(named name: FieldValue, _ bytes: RawSpan) -> ValueType? {
    let integers: [StaticString] = ["I16", "I32", "I64"]
    if name.equals("STRING", in: bytes) { return .string }
    if name.equals("BOOL", in: bytes) { return .boolean }
    if name.equals("BYTES", in: bytes) { return .bytes }
    if name.equals("DOUBLE", in: bytes) { return .double }
    return integers.contains { name.equals($0, in: bytes) } ? .integer : nil
  }
}
