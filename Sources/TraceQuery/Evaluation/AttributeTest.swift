import TraceIndex
import TraceModel

/// A test of an attribute's values, made once for each distinct value.
struct AttributeTest {
  /// What is asked of a value.
  enum Test {
    case any
    case text(TextMatcher)
    /// Exactly this text, or, of values that were numbers in the artifact, this number.
    case equals(TextMatcher, Number?)
    case number(Ordering, Number)
  }

  private let test: Test
  /// Two bits for each class of type, by string id: 0 not asked yet, 1 no, 2 yes.
  private var verdicts: [UInt8]
  /// Work done for values since this was last set to zero, in rows.
  var cost = 0

  init(_ test: Test, stringCount: Int) {
    self.test = test
    verdicts = [UInt8](repeating: 0, count: stringCount)
  }

  /// The test that a condition asks for.
  init(_ condition: Condition, stringCount: Int) {
    switch condition {
    case .text(.equals(let text)):
      self.init(.equals(TextMatcher(.equals(text)), Number(text)), stringCount: stringCount)
    case .text(let test): self.init(.text(TextMatcher(test)), stringCount: stringCount)
    case .number(let ordering, let number):
      self.init(Test.number(ordering, number), stringCount: stringCount)
    case .integer, .integers, .time, .words: self.init(.any, stringCount: stringCount)
    }
  }

  /// What the test asks of a text; nil if it asks nothing.
  var matcher: TextMatcher? {
    switch test {
    case .any: nil
    case .text(let matcher), .equals(let matcher, _): matcher
    // No name of an event is a number.
    case .number: TextMatcher(.oneOf([]))
    }
  }

  /// Whether a value passes; of most values that is known already.
  @inline(__always)
  mutating func matches(_ value: UInt32, _ type: UInt8, _ index: TraceIndex) -> Bool {
    guard Int(value) < verdicts.count else { return false }
    let valueClass = AttributeTest.valueClass(of: type)
    let known = verdicts[Int(value)] >> (valueClass * 2) & 3
    return known != 0 ? known == 2 : ask(value, valueClass, index)
  }

  /// 1 for numbers, 2 for arrays, 0 for everything else.
  @inline(__always)
  private static func valueClass(of type: UInt8) -> UInt8 {
    switch type {
    case ValueType.integer.rawValue, ValueType.double.rawValue: 1
    case ValueType.structure.rawValue: 2
    default: 0
    }
  }

  @inline(never)
  private mutating func ask(_ value: UInt32, _ valueClass: UInt8, _ index: TraceIndex) -> Bool {
    cost += 20
    let isMatch = index.withStringBytes(StringID(value)) { text in
      valueClass == 2
        ? JSONArray.elements(of: text)?.contains { self.matches($0) } ?? matchesText(text)
        : valueClass == 1 ? matchesNumber(text) : matchesText(text)
    }
    verdicts[Int(value)] |= (isMatch ? 2 : 1) << (valueClass * 2)
    return isMatch
  }

  /// An element of an array; one without quotes is a number, `true`, `false` or `null`.
  private func matches(_ element: JSONArray.Element) -> Bool {
    let bytes = Array(element.text.utf8)
    return element.isQuoted
      ? matchesText(bytes.span.bytes) : matchesNumber(bytes.span.bytes)
  }

  private func matchesText(_ text: RawSpan) -> Bool {
    switch test {
    case .any: return true
    case .text(let matcher), .equals(let matcher, _): return matcher.matches(text)
    case .number(let ordering, let number):
      guard let value = AttributeTest.parsedNumber(text) else { return false }
      return ordering.holds(value, number)
    }
  }

  private func matchesNumber(_ text: RawSpan) -> Bool {
    if case .equals(_, let number?) = test, let value = AttributeTest.parsedNumber(text) {
      return value == number
    }
    return matchesText(text)
  }

  private static func parsedNumber(_ text: RawSpan) -> Number? {
    Number(text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
  }
}

/// The elements of the compact JSON array that the index keeps an array attribute as.
enum JSONArray {
  /// One element of an array.
  struct Element: Equatable {
    var text: String
    var isQuoted: Bool
  }

  /// Strings without their escapes, everything else as it is written; nil if it is no array.
  static func elements(of text: RawSpan) -> [Element]? {
    let bytes = text.withUnsafeBytes { unsafe Array($0) }
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]")
    else { return nil }
    var elements: [Element] = []
    var position = 1
    while position < bytes.count - 1 {
      let end = self.end(of: bytes, from: position)
      elements.append(element(bytes[position..<end]))
      position = end + 1
    }
    return elements
  }

  /// The comma behind the element, or the closing bracket of the array.
  private static func end(of bytes: [UInt8], from start: Int) -> Int {
    var position = start
    var depth = 0
    var isQuoted = false
    while position < bytes.count - 1 {
      switch bytes[position] {
      case UInt8(ascii: "\\") where isQuoted: position += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "["), UInt8(ascii: "{"): if !isQuoted { depth += 1 }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isQuoted { depth -= 1 }
      case UInt8(ascii: ","): if !isQuoted, depth == 0 { return position }
      default: break
      }
      position += 1
    }
    return bytes.count - 1
  }

  private static func element(_ bytes: ArraySlice<UInt8>) -> Element {
    let text = String(decoding: bytes, as: UTF8.self)
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"")
    else { return Element(text: text, isQuoted: false) }
    return Element(text: unescaped(text.dropFirst().dropLast()), isQuoted: true)
  }

  /// The text without the escapes of RFC 8259, section 7.
  private static func unescaped(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
    var units: [UInt16] = []
    var rest = text.utf16[...]
    while let unit = rest.popFirst() {
      guard unit == 0x5C, let escape = rest.popFirst() else {
        units.append(unit)
        continue
      }
      switch escape {
      case 0x62: units.append(0x08)
      case 0x66: units.append(0x0C)
      case 0x6E: units.append(0x0A)
      case 0x72: units.append(0x0D)
      case 0x74: units.append(0x09)
      case 0x75:
        units.append(UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16) ?? 0xFFFD)
        rest = rest.dropFirst(4)
      default: units.append(escape)
      }
    }
    return String(decoding: units, as: UTF16.self)
  }
}
