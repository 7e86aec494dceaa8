import WireFormats

/// OTLP's values as the JSON that the OTLP/JSON reader would make of them.
enum AnyValueJSON {
  /// A message that is being written.
  private struct Level {
    enum Kind {
      /// Of `ArrayValue` and `KeyValueList`, and the value and the pair in them.
      case list(ofPairs: Bool)
      case value, pair
    }

    let kind: Kind
    var cursor: ProtobufCursor
    var isFirst = true
    var hasKey = false
    /// Where the message's text begins.
    var start = 0
  }

  /// The JSON of an array or of pairs, nested to any depth.
  ///
  /// - Throws: `ProtobufFault`.
  static func text(
    _ range: Range<Int>, _ bytes: RawSpan, ofPairs: Bool
  ) throws(ProtobufFault) -> [UInt8] {
    var text: [UInt8] = [ofPairs ? UInt8(ascii: "{") : UInt8(ascii: "[")]
    var levels = [Level(kind: .list(ofPairs: ofPairs), cursor: ProtobufCursor(range))]
    while var level = levels.popLast() {
      guard let field = try level.cursor.next(in: bytes) else {
        close(level, &text)
        continue
      }
      switch level.kind {
      case .list(let ofPairs):
        guard field.number == 1, field.wire == .bytes else {
          levels.append(level)
          continue
        }
        if !level.isFirst { text.append(UInt8(ascii: ",")) }
        level.isFirst = false
        levels.append(level)
        levels.append(
          Level(
            kind: ofPairs ? .pair : .value, cursor: ProtobufCursor(field.range), start: text.count))
      case .pair:
        pair(field, level, bytes, &text, &levels)
      case .value:
        level.isFirst = level.isFirst && !isValue(field)
        levels.append(level)
        value(field, bytes, &text, &levels)
      }
    }
    return text
  }

  private static func close(_ level: Level, _ text: inout [UInt8]) {
    switch level.kind {
    case .list(let ofPairs): text.append(ofPairs ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    case .value: if level.isFirst { text.append(contentsOf: "null".utf8) }
    case .pair:
      if !level.hasKey { text.insert(contentsOf: "\"\":".utf8, at: level.start) }
      if level.isFirst { text.append(contentsOf: "null".utf8) }
    }
  }

  /// A key goes before its value, wherever it comes.
  private static func pair(
    _ field: ProtobufField, _ level: Level, _ bytes: RawSpan, _ text: inout [UInt8],
    _ levels: inout [Level]
  ) {
    var level = level
    switch (field.number, field.wire) {
    case (1, .bytes) where !level.hasKey:
      level.hasKey = true
      var key: [UInt8] = []
      appendString(field.range, bytes, to: &key)
      text.insert(contentsOf: key + [UInt8(ascii: ":")], at: level.start)
      levels.append(level)
    case (2, .bytes) where level.isFirst:
      level.isFirst = false
      levels.append(level)
      levels.append(Level(kind: .value, cursor: ProtobufCursor(field.range)))
    default: levels.append(level)
    }
  }

  private static func isValue(_ field: ProtobufField) -> Bool { (1...7).contains(field.number) }

  private static func value(
    _ field: ProtobufField, _ bytes: RawSpan, _ text: inout [UInt8], _ levels: inout [Level]
  ) {
    switch (field.number, field.wire) {
    case (1, .bytes): appendString(field.range, bytes, to: &text)
    case (2, .varint): text.append(contentsOf: (field.value == 0 ? "false" : "true").utf8)
    case (3, .varint): text.append(contentsOf: String(Int64(bitPattern: field.value)).utf8)
    case (4, .fixed64):
      let number = Double(bitPattern: field.value)
      let quote = number.isFinite ? "" : "\""
      text.append(contentsOf: (quote + self.text(number) + quote).utf8)
    case (5, .bytes), (6, .bytes):
      let ofPairs = field.number == 6
      text.append(ofPairs ? UInt8(ascii: "{") : UInt8(ascii: "["))
      levels.append(Level(kind: .list(ofPairs: ofPairs), cursor: ProtobufCursor(field.range)))
    case (7, .bytes):
      text.append(UInt8(ascii: "\""))
      appendBase64(field.range, bytes, to: &text)
      text.append(UInt8(ascii: "\""))
    default: text.append(contentsOf: "null".utf8)
    }
  }

  /// A number as JSON writes it: the shortest digits that give it back.
  static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func appendString(
    _ range: Range<Int>, _ bytes: RawSpan, to text: inout [UInt8]
  ) {
    text.append(UInt8(ascii: "\""))
    for position in range {
      let byte = bytes.byte(at: position)
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  /// Bytes as padded base64 in the standard alphabet.
  static func appendBase64(_ range: Range<Int>, _ bytes: RawSpan, to text: inout [UInt8]) {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var position = range.lowerBound
    while position < range.upperBound {
      let count = min(3, range.upperBound - position)
      var group: UInt32 = 0
      for index in 0..<3 {
        group = group << 8 | (index < count ? UInt32(bytes.byte(at: position + index)) : 0)
      }
      for index in 0..<4 {
        let digit = Int(group >> UInt32(18 - 6 * index)) & 63
        text.append(index <= count ? alphabet[digit] : UInt8(ascii: "="))
      }
      position += count
    }
  }
}
