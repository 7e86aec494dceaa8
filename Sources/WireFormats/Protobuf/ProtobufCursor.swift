/// Why bytes are not a protobuf message.
package struct ProtobufFault: Error, Sendable, Equatable {
  package enum Problem: Sendable, Equatable {
    /// The bytes end inside a field.
    case truncated
    /// A field claims more bytes than its message has.
    case overrun
    /// A number of more than 64 bits.
    case longNumber
    /// Field number zero, or one above 536,870,911.
    case fieldNumber
    /// A wire type that no version of the format has.
    case wireType
    /// A group that is closed before it was opened.
    case group
  }

  package let problem: Problem
  /// The position in the buffer at which it was noticed.
  package let offset: Int

  package init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  /// What is wrong, as a clause for people.
  package var explanation: String {
    switch problem {
    case .truncated: "the bytes end inside a field"
    case .overrun: "a field claims more bytes than its message has"
    case .longNumber: "a number of more than 64 bits"
    case .fieldNumber: "a field number outside 1 to 536870911"
    case .wireType: "a wire type that does not exist"
    case .group: "a group that ends without a beginning"
    }
  }
}

/// One field of a protobuf message, as it is on the wire.
package struct ProtobufField: Sendable {
  package enum Wire: Sendable, Equatable {
    case varint, fixed64, bytes, group, fixed32
  }

  package let number: Int
  package let wire: Wire
  /// The number; zero where the field holds bytes or a group.
  package let value: UInt64
  /// Where the content is: behind the length of bytes, behind the tag of a group, and otherwise
  /// the number itself.
  package let range: Range<Int>
}

/// Walks through the fields of one protobuf message.
///
/// Source: https://protobuf.dev/programming-guides/encoding
package struct ProtobufCursor: Sendable {
  package private(set) var position: Int
  private let end: Int

  /// - Parameter range: the message; inside of the buffer that `next(in:)` is given.
  package init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next field; `nil` at the end of the message.
  ///
  /// - Throws: `ProtobufFault`; `truncated` when the message ends inside the field.
  package mutating func next(in bytes: RawSpan) throws(ProtobufFault) -> ProtobufField? {
    guard position < end else { return nil }
    let start = position
    let tag = try varint(bytes)
    let number = tag >> 3
    guard number >= 1, number <= 0x1FFF_FFFF else { throw ProtobufFault(.fieldNumber, at: start) }
    let content = position
    let wire: ProtobufField.Wire
    var value: UInt64 = 0
    var first = content
    switch tag & 7 {
    case 0:
      wire = .varint
      value = try varint(bytes)
    case 1:
      wire = .fixed64
      value = try fixed(8, bytes)
    case 2:
      wire = .bytes
      let length = try varint(bytes)
      first = position
      guard length <= UInt64(end - position) else { throw ProtobufFault(.overrun, at: content) }
      position += Int(length)
    case 3:
      wire = .group
      try passGroup(bytes)
    case 4: throw ProtobufFault(.group, at: start)
    case 5:
      wire = .fixed32
      value = try fixed(4, bytes)
    default: throw ProtobufFault(.wireType, at: start)
    }
    return ProtobufField(
      number: Int(number), wire: wire, value: value, range: first..<position)
  }

  /// A number of one to ten bytes, seven bits each, the lowest first.
  ///
  /// - Throws: `ProtobufFault`; `truncated` when the message ends inside the number.
  @inline(__always)
  package mutating func varint(_ bytes: RawSpan) throws(ProtobufFault) -> UInt64 {
    guard position < end else { throw ProtobufFault(.truncated, at: position) }
    let byte = bytes.byte(at: position)
    if byte < 0x80 {
      position &+= 1
      return UInt64(byte)
    }
    return try longVarint(bytes)
  }

  @inline(never)
  private mutating func longVarint(_ bytes: RawSpan) throws(ProtobufFault) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<10 {
      guard position &+ index < end else { throw ProtobufFault(.truncated, at: position) }
      let byte = bytes.byte(at: position &+ index)
      if index == 9 && byte > 1 { break }
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte < 0x80 {
        position &+= index &+ 1
        return value
      }
    }
    throw ProtobufFault(.longNumber, at: position)
  }

  /// A little-endian number.
  @inline(__always)
  private mutating func fixed(_ count: Int, _ bytes: RawSpan) throws(ProtobufFault) -> UInt64 {
    guard position &+ count <= end else { throw ProtobufFault(.truncated, at: position) }
    defer { position &+= count }
    if count == 8 { return bytes.word(at: position) }
    var value: UInt64 = 0
    for index in 0..<count {
      value |= UInt64(bytes.byte(at: position &+ index)) << UInt64(8 * index)
    }
    return value
  }

  /// Passes a group of any depth; its fields are of no use to anyone here.
  private mutating func passGroup(_ bytes: RawSpan) throws(ProtobufFault) {
    var depth = 1
    while depth > 0 {
      let start = position
      guard position < end else { throw ProtobufFault(.truncated, at: start) }
      switch try varint(bytes) & 7 {
      case 0: _ = try varint(bytes)
      case 1: _ = try fixed(8, bytes)
      case 2:
        let length = try varint(bytes)
        guard length <= UInt64(end - position) else { throw ProtobufFault(.overrun, at: start) }
        position += Int(length)
      case 3: depth += 1
      case 4: depth -= 1
      case 5: _ = try fixed(4, bytes)
      default: throw ProtobufFault(.wireType, at: start)
      }
    }
  }
}

/// A message of a key and a value, as nearly all attributes are written.
package struct ProtobufPair: Sendable {
  /// Where the content of field 1 is.
  package let key: Range<Int>
  /// Where the content of field 2 is.
  package let value: Range<Int>
  /// Where the value's only field is, when that is bytes in field 1; otherwise `nil`.
  package let text: Range<Int>?

  /// `nil` for a message that is anything but bytes in field 1 and bytes in field 2, each shorter
  /// than 128: walking through fields then tells what it is.
  ///
  /// - Parameter range: the message; inside of `bytes`.
  package init?(_ range: Range<Int>, in bytes: RawSpan) {
    guard let key = ProtobufPair.short(0x0A, at: range.lowerBound, range.upperBound, bytes),
      let value = ProtobufPair.short(0x12, at: key.upperBound, range.upperBound, bytes),
      value.upperBound == range.upperBound
    else { return nil }
    self.key = key
    self.value = value
    let text = ProtobufPair.short(0x0A, at: value.lowerBound, value.upperBound, bytes)
    self.text = text?.upperBound == value.upperBound ? text : nil
  }

  /// The content of a field whose tag and length are one byte each.
  @inline(__always)
  private static func short(
    _ tag: UInt8, at start: Int, _ end: Int, _ bytes: RawSpan
  ) -> Range<Int>? {
    guard end &- start >= 2, bytes.byte(at: start) == tag else { return nil }
    let length = Int(bytes.byte(at: start &+ 1))
    guard length < 0x80, length <= end &- start &- 2 else { return nil }
    return start &+ 2..<start &+ 2 &+ length
  }
}
