/// A trace's identity: 128 bits, most significant half first.
///
/// W3C ids are 32 hexadecimal digits; shorter hexadecimal ids are padded with zeros on the left;
/// ULIDs are decoded to the 128 bits they stand for. Any other text is hashed to 128 bits. The
/// text as the artifact wrote it is kept beside the id, so nothing of it is lost.
package struct TraceID: Hashable, BitwiseCopyable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The id of rows that belong to no trace; W3C Trace Context has no all-zero ids.
  package static let none = TraceID(high: 0, low: 0)

  package var isNone: Bool { high == 0 && low == 0 }
}

/// A span's identity inside its trace: 64 bits, zero for "no span".
package struct SpanID: Hashable, BitwiseCopyable, Sendable {
  package var value: UInt64

  package init(_ value: UInt64) { self.value = value }

  package static let none = SpanID(0)

  package var isNone: Bool { value == 0 }
}

/// The index of a distinct string in a `StringTable` or in an index's dictionary.
///
/// Zero is always the empty string, which also stands for "absent".
package struct StringID: Hashable, Comparable, BitwiseCopyable, Sendable {
  package var value: UInt32

  package init(_ value: UInt32) { self.value = value }

  package static let empty = StringID(0)

  package var isEmpty: Bool { value == 0 }

  package static func < (a: StringID, b: StringID) -> Bool { a.value < b.value }
}

/// Lower-case hexadecimal text of an integer, padded with zeros to `digits`.
package func hexadecimal(_ value: UInt64, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

extension TraceID: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  package var description: String {
    hexadecimal(high, digits: 16) + hexadecimal(low, digits: 16)
  }
}

extension SpanID: CustomStringConvertible {
  /// 16 lower-case hexadecimal digits.
  package var description: String { hexadecimal(value, digits: 16) }
}
