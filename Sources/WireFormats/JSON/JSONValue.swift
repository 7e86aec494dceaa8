/// A small JSON document as a tree, for what is read once and asked in many ways.
///
/// Members keep their order, and equal keys stay apart.
package indirect enum JSONValue: Equatable, Sendable {
  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSONValue
  }

  case object([Member])
  case array([JSONValue])
  case string(String)
  /// A number as it is written, `true`, `false` or `null`.
  case literal(String)

  /// Levels of objects and arrays that a tree may have; documents beyond are refused, for walking
  /// them would need as much stack.
  package static let deepest = 64

  /// Reads exactly one value.
  ///
  /// - Throws: `JSONFault`, also for a document that is nested too deeply.
  package init(_ bytes: RawSpan) throws(JSONFault) {
    try JSONDocument.check(bytes)
    var tokens = JSONTokens(0..<bytes.byteCount)
    var open: [Level] = []
    while true {
      let token = tokens.next(in: bytes)
      let value: JSONValue
      switch token {
      case .beginObject, .beginArray:
        guard open.count < JSONValue.deepest else { throw JSONFault(.expectedValue, at: 0) }
        if case .beginObject = token {
          open.append(Level(isObject: true))
        } else {
          open.append(Level(isObject: false))
        }
        continue
      case .key(let key):
        if !open.isEmpty { open[open.count - 1].key = key.text(in: bytes) }
        continue
      case .endObject, .endArray:
        guard let level = open.popLast() else { throw JSONFault(.expectedValue, at: 0) }
        value = level.isObject ? .object(level.members) : .array(level.elements)
      case .scalar(let scalar):
        value =
          scalar.kind == .string || scalar.kind == .escapedString
          ? .string(scalar.text(in: bytes)) : .literal(scalar.text(in: bytes))
      case .end: throw JSONFault(.incomplete, at: bytes.byteCount)
      }
      if open.isEmpty {
        self = value
        return
      }
      open[open.count - 1].append(value)
    }
  }

  /// An object or array that is not complete yet.
  private struct Level {
    let isObject: Bool
    var key = ""
    var members: [Member] = []
    var elements: [JSONValue] = []

    mutating func append(_ value: JSONValue) {
      if isObject {
        members.append(Member(key: key, value: value))
      } else {
        elements.append(value)
      }
    }
  }

  /// The value of the first member with this key.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text of a string.
  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

extension FieldValue {
  /// The text of a string or literal that the scanner has accepted.
  fileprivate func text(in bytes: RawSpan) -> String {
    var text: [UInt8] = []
    _ = JSONText.decode(bytes, start..<end, into: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
