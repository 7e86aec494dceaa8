import TraceModel
import WireFormats

/// How the messages of an artifact follow each other.
enum ProtobufFraming: Sendable {
  /// One message, from the first byte to the last.
  case none
  /// Each message behind its length as a varint, as protobuf's own libraries write them.
  case varint
  /// Each message behind its length in four bytes, the highest first, as the OpenTelemetry
  /// collector's file exporter writes them.
  case fourBytes

  /// The framing of an artifact of OTLP requests; `nil` when it does not hold such requests.
  ///
  /// Protobuf has no magic number. What is taken for a request must be one all the way down to the
  /// first attributes or records, as far as the bytes reach: lengths that fit, and no field that
  /// OTLP does not have.
  ///
  /// - Parameter prefix: the artifact's first bytes.
  static func sniff(_ prefix: RawSpan) -> ProtobufFraming? {
    let count = prefix.byteCount
    guard count >= 4 else { return nil }
    let length = (0..<4).reduce(0) { $0 << 8 | Int(prefix.byte(at: $1)) }
    if length > 0, OTLPShape.isRequest(prefix, 4, claimed: 4 + length) { return .fourBytes }
    if OTLPShape.isRequest(prefix, 0, claimed: .max) { return ProtobufFraming.none }
    var cursor = ProtobufCursor(0..<count)
    guard let claimed = try? cursor.varint(prefix), claimed > 0, claimed < 1 << 40 else {
      return nil
    }
    let end = cursor.position + Int(claimed)
    return OTLPShape.isRequest(prefix, cursor.position, claimed: end) ? .varint : nil
  }
}

/// What OTLP requests look like on the wire, as far as it takes to recognise them.
private enum OTLPShape {
  /// A message, its fields that hold bytes, and the messages inside of it.
  private indirect enum Shape {
    case message([Int: Shape])
    case text
    case anything
  }

  private static let attribute = Shape.message([1: .text, 2: .anything])
  private static let resource = Shape.message([1: attribute, 2: .anything, 3: .anything])
  private static let scope = Shape.message([1: .text, 2: .text, 3: attribute, 4: .anything])
  private static let scoped = Shape.message([1: scope, 2: .anything, 3: .text])
  private static let element = Shape.message([1: resource, 2: scoped, 3: .text, 1000: scoped])
  private static let request = Shape.message([1: element])

  /// Whether a request begins at `start`; artifacts that were cut short are requests, too.
  ///
  /// - Parameter claimed: where it ends, perhaps beyond the bytes at hand.
  static func isRequest(_ bytes: RawSpan, _ start: Int, claimed: Int) -> Bool {
    var parts = 0
    return fits(request, bytes, start, claimed: claimed, depth: 0, &parts) && parts > 0
  }

  /// Whether the fields at `start` are those of a shape. The nesting is that of the shape, so the
  /// recursion is at most five deep.
  private static func fits(
    _ shape: Shape, _ bytes: RawSpan, _ start: Int, claimed: Int, depth: Int, _ parts: inout Int
  ) -> Bool {
    guard case .message(let fields) = shape else { return true }
    let end = min(claimed, bytes.byteCount)
    var position = start
    while position < end {
      var cursor = ProtobufCursor(position..<end)
      guard let tag = try? cursor.varint(bytes) else { return claimed > bytes.byteCount }
      guard let inner = fields[Int(clamping: tag >> 3)] else { return false }
      guard tag & 7 == 2 else {
        // The only numbers here count what was dropped.
        guard case .anything = inner, tag & 7 == 0, (try? cursor.varint(bytes)) != nil else {
          return false
        }
        position = cursor.position
        continue
      }
      guard let length = try? cursor.varint(bytes) else { return claimed > bytes.byteCount }
      guard length <= UInt64(claimed - cursor.position) else { return false }
      let next = cursor.position + Int(length)
      // A resource or a scope.
      if depth == 1 { parts += 1 }
      if case .text = inner, !isText(bytes, cursor.position..<min(next, end)) { return false }
      if !fits(inner, bytes, cursor.position, claimed: next, depth: depth + 1, &parts) {
        return false
      }
      position = next
    }
    return true
  }

  private static func isText(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    range.prefix(64).allSatisfy { bytes.byte(at: $0) >= 0x20 }
  }
}
