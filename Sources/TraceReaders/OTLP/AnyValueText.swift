import WireFormats

/// Writes OTLP's arrays and key-value lists as the plain JSON that they stand for.
///
/// `{"values":[{"intValue":"1"},{"stringValue":"b"}]}` becomes `[1,"b"]`. The values have been
/// checked; they may be nested to any depth, so the way back up is kept in a stack.
struct AnyValueText: Sendable {
  private enum Level: Sendable {
    /// In the object that holds `values`, of an array or of pairs.
    case list(ofPairs: Bool, isWritten: Bool)
    /// In the array of values or of pairs.
    case elements(ofPairs: Bool, isFirst: Bool)
    /// In a value's object.
    case value(isWritten: Bool)
    /// In a pair's object, which was begun at that place of the text.
    case pair(start: Int, hasKey: Bool, hasValue: Bool)
  }

  private(set) var text: [UInt8] = []
  private var levels: [Level] = []

  /// Replaces `text` by the JSON of the array or the pairs that `range` holds.
  mutating func write(_ bytes: RawSpan, _ range: Range<Int>, ofPairs: Bool) {
    text.removeAll(keepingCapacity: true)
    levels.removeAll(keepingCapacity: true)
    var tokens = JSONTokens(range)
    guard case .beginObject = tokens.next(in: bytes) else {
      put(ofPairs ? "{}" : "[]")
      return
    }
    levels.append(.list(ofPairs: ofPairs, isWritten: false))
    while let level = levels.popLast() {
      let token = tokens.next(in: bytes)
      if case .end = token { return }
      switch level {
      case .list(let ofPairs, let isWritten):
        list(token, &tokens, bytes, ofPairs: ofPairs, isWritten: isWritten)
      case .elements(let ofPairs, let isFirst):
        element(token, &tokens, bytes, ofPairs: ofPairs, isFirst: isFirst)
      case .value(let isWritten):
        value(token, &tokens, bytes, isWritten: isWritten)
      case .pair(let start, let hasKey, let hasValue):
        pair(token, &tokens, bytes, start: start, hasKey: hasKey, hasValue: hasValue)
      }
    }
  }

  private mutating func list(
    _ token: JSONTokens.Token, _ tokens: inout JSONTokens, _ bytes: RawSpan, ofPairs: Bool,
    isWritten: Bool
  ) {
    guard case .key(let key) = token else {
      if !isWritten { put(ofPairs ? "{}" : "[]") }
      return
    }
    levels.append(.list(ofPairs: ofPairs, isWritten: true))
    let first = tokens.next(in: bytes)
    guard !isWritten, key.equals("values", in: bytes), case .beginArray = first else {
      tokens.pass(behind: first, in: bytes)
      levels[levels.count - 1] = .list(ofPairs: ofPairs, isWritten: isWritten)
      return
    }
    put(ofPairs ? "{" : "[")
    levels.append(.elements(ofPairs: ofPairs, isFirst: true))
  }

  private mutating func element(
    _ token: JSONTokens.Token, _ tokens: inout JSONTokens, _ bytes: RawSpan, ofPairs: Bool,
    isFirst: Bool
  ) {
    if case .endArray = token { return put(ofPairs ? "}" : "]") }
    levels.append(.elements(ofPairs: ofPairs, isFirst: false))
    guard case .beginObject = token else {
      tokens.pass(behind: token, in: bytes)
      if !ofPairs { put(isFirst ? "null" : ",null") }
      return
    }
    if !isFirst { put(",") }
    levels.append(
      ofPairs
        ? .pair(start: text.count, hasKey: false, hasValue: false) : .value(isWritten: false))
  }

  private mutating func pair(
    _ token: JSONTokens.Token, _ tokens: inout JSONTokens, _ bytes: RawSpan, start: Int,
    hasKey: Bool, hasValue: Bool
  ) {
    guard case .key(let name) = token else {
      if !hasKey { text.insert(contentsOf: Array("\"\":".utf8), at: start) }
      if !hasValue { put("null") }
      return
    }
    let first = tokens.next(in: bytes)
    if !hasKey, name.equals("key", in: bytes), case .scalar(let key) = first, key.isString {
      levels.append(.pair(start: start, hasKey: true, hasValue: hasValue))
      // Emitters may write the value first.
      let json = quoted(key, bytes) + [UInt8(ascii: ":")]
      text.insert(contentsOf: json, at: start)
    } else if !hasValue, name.equals("value", in: bytes), case .beginObject = first {
      levels.append(.pair(start: start, hasKey: hasKey, hasValue: true))
      levels.append(.value(isWritten: false))
    } else {
      levels.append(.pair(start: start, hasKey: hasKey, hasValue: hasValue))
      tokens.pass(behind: first, in: bytes)
    }
  }

  private mutating func value(
    _ token: JSONTokens.Token, _ tokens: inout JSONTokens, _ bytes: RawSpan, isWritten: Bool
  ) {
    guard case .key(let key) = token else {
      if !isWritten { put("null") }
      return
    }
    let first = tokens.next(in: bytes)
    levels.append(.value(isWritten: true))
    if !isWritten, case .beginObject = first, let ofPairs = listKind(key, bytes) {
      levels.append(.list(ofPairs: ofPairs, isWritten: false))
      return
    }
    if !isWritten, case .scalar(let scalar) = first {
      put(scalar, isNumber: isNumber(key, bytes), bytes)
      return
    }
    tokens.pass(behind: first, in: bytes)
    levels[levels.count - 1] = .value(isWritten: isWritten)
  }

  private func listKind(_ key: FieldValue, _ bytes: RawSpan) -> Bool? {
    if key.equals("arrayValue", in: bytes) || key.equals("array_value", in: bytes) { return false }
    if key.equals("kvlistValue", in: bytes) || key.equals("kvlist_value", in: bytes) {
      return true
    }
    return nil
  }

  private func isNumber(_ key: FieldValue, _ bytes: RawSpan) -> Bool {
    key.equals("intValue", in: bytes) || key.equals("int_value", in: bytes)
  }

  // MARK: Text

  /// Writes a scalar; 64-bit numbers, which stand in strings, as the numbers that they are.
  private mutating func put(_ scalar: FieldValue, isNumber: Bool, _ bytes: RawSpan) {
    guard scalar.isString else {
      for position in scalar.range { text.append(bytes.byte(at: position)) }
      return
    }
    if isNumber, case .whole(_, _, isExact: true) = DecimalNumber.read(bytes, scalar.range) {
      for position in scalar.range { text.append(bytes.byte(at: position)) }
      return
    }
    text.append(contentsOf: quoted(scalar, bytes))
  }

  /// The string as JSON: its own bytes, which are JSON already.
  private func quoted(_ string: FieldValue, _ bytes: RawSpan) -> [UInt8] {
    var json: [UInt8] = [UInt8(ascii: "\"")]
    for position in string.range { json.append(bytes.byte(at: position)) }
    json.append(UInt8(ascii: "\""))
    return json
  }

  private mutating func put(_ json: StaticString) {
    json.withUTF8Buffer { unsafe text.append(contentsOf: $0) }
  }
}
