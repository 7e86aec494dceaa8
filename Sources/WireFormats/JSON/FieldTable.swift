/// One line of a format's field table: a name, and what is done with its value.
///
/// Fields are numbered by the format, usually with the raw values of an enumeration; the number
/// is where `FieldReader` keeps the field's value.
package struct Field: Sendable {
  /// What is done with a field's value.
  package enum Use: Sendable {
    /// Kept as it is: a string, a number, a literal, or the extent of a container.
    case value
    /// An object whose fields are part of the same record.
    case object([Field])
    /// Handed to the format, which reads it itself: `FieldReader.next` returns the field's number.
    case handed
    /// Known, and of no use.
    case ignored
  }

  package let names: [String]
  package let number: Int
  package let use: Use

  package static func value(_ name: String, _ number: some RawRepresentable<Int>) -> Field {
    Field(names: [name], number: number.rawValue, use: .value)
  }

  package static func object(
    _ name: String, _ number: some RawRepresentable<Int>, _ fields: [Field]
  ) -> Field {
    Field(names: [name], number: number.rawValue, use: .object(fields))
  }

  package static func handed(_ name: String, _ number: some RawRepresentable<Int>) -> Field {
    Field(names: [name], number: number.rawValue, use: .handed)
  }

  package static func ignored(_ name: String, _ number: some RawRepresentable<Int>) -> Field {
    Field(names: [name], number: number.rawValue, use: .ignored)
  }
}

/// The fields of one kind of record, in the form that `FieldReader` searches.
package struct FieldTable: Sendable {
  /// A field's name as the bytes that follow the opening quote, the closing quote included.
  ///
  /// Each word holds eight bytes, the first in the lowest; its mask says which of them belong to
  /// the name. Names longer than `Name.limit` have a first mask that nothing matches.
  struct Name: Sendable {
    static let limit = 32

    var word0: UInt64 = 0
    var mask0: UInt64 = 0
    var word1: UInt64 = 0
    var mask1: UInt64 = 0
    var word2: UInt64 = 0
    var mask2: UInt64 = 0
    var word3: UInt64 = 0
    var mask3: UInt64 = 0
    /// Bytes, the closing quote included.
    var length: Int

    init(_ text: String) {
      let bytes = Array(text.utf8) + [UInt8(ascii: "\"")]
      length = bytes.count
      guard length <= Name.limit else {
        // A first word that no text has: a byte behind its own end.
        word0 = .max
        return
      }
      (word0, mask0) = Name.word(bytes, 0)
      (word1, mask1) = Name.word(bytes, 8)
      (word2, mask2) = Name.word(bytes, 16)
      (word3, mask3) = Name.word(bytes, 24)
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> (UInt64, UInt64) {
      var (word, mask): (UInt64, UInt64) = (0, 0)
      for index in offset..<max(offset, min(offset + 8, bytes.count)) {
        let shift = UInt64(index - offset) * 8
        word |= UInt64(bytes[index]) << shift
        mask |= 0xFF << shift
      }
      return (word, mask)
    }

    /// Whether the bytes at `position`, behind an opening quote, are this name and its closing
    /// quote; also false near the buffer's end, where the bytes have to be searched for.
    @inline(__always)
    func matches(_ bytes: RawSpan, at position: Int) -> Bool {
      guard position &+ Name.limit <= bytes.byteCount else { return false }
      let difference =
        ((bytes.word(at: position) & mask0) ^ word0)
        | ((bytes.word(at: position &+ 8) & mask1) ^ word1)
      if difference != 0 { return false }
      if length <= 16 { return true }
      return ((bytes.word(at: position &+ 16) & mask2) ^ word2)
        | ((bytes.word(at: position &+ 24) & mask3) ^ word3) == 0
    }
  }

  enum Use: UInt8, Sendable {
    case value, object, handed, ignored
  }

  struct Entry: Sendable {
    var name: Name
    var use: Use
    /// The format's number for the field.
    var number: Int
    /// For `object`, the shape of its value.
    var child = 0
    /// The entry that emitters most likely write behind this one.
    var successor: Int
  }

  /// One object of the record: its entries, and the entry of the object around it that holds it.
  struct Shape: Sendable {
    var entries: Range<Int>
    var parent: Int
    var owner: Int
  }

  var entries: [Entry] = []
  var shapes: [Shape] = []
  /// Dotted paths of the entries, the first name of each.
  private(set) var paths: [String] = []
  private var spellings: [[UInt8]] = []
  /// One more than the largest field number.
  package private(set) var fieldCount = 0

  /// Whether a name's snake-case spelling is accepted beside its camel-case one, as protobuf's
  /// JSON mapping demands of parsers.
  private let acceptsSnakeCase: Bool
  /// What stands before the record's own field names in diagnostics, such as `span.`.
  private let prefix: String

  /// - Parameters:
  ///   - fields: the record's fields, in the order in which emitters write them.
  ///   - prefix: stands before field names in diagnostics.
  ///   - acceptsSnakeCase: `trace_id` is accepted for `traceId`.
  package init(_ fields: [Field], prefix: String = "", acceptsSnakeCase: Bool = false) {
    self.acceptsSnakeCase = acceptsSnakeCase
    self.prefix = prefix
    add(fields, path: prefix, parent: -1, owner: -1)
  }

  /// Adds a shape before those of its nested objects, because its entries lie side by side.
  private mutating func add(_ fields: [Field], path: String, parent: Int, owner: Int) {
    let shape = shapes.count
    let first = entries.count
    for field in fields {
      for name in spellings(of: field) {
        let use: Use =
          switch field.use {
          case .value: .value
          case .object: .object
          case .handed: .handed
          case .ignored: .ignored
          }
        entries.append(
          Entry(
            name: Name(name), use: use, number: field.number,
            successor: entries.count + 1))
        paths.append(path + field.names[0])
        spellings.append(Array(name.utf8))
      }
      fieldCount = max(fieldCount, field.number + 1)
    }
    if entries.count > first { entries[entries.count - 1].successor = first }
    shapes.append(Shape(entries: first..<entries.count, parent: parent, owner: owner))

    var entry = first
    for field in fields {
      let count = spellings(of: field).count
      if case .object(let nested) = field.use {
        for spelling in entry..<(entry + count) {
          entries[spelling].child = shapes.count
          add(nested, path: path + field.names[0] + ".", parent: shape, owner: spelling)
        }
      }
      entry += count
    }
  }

  private func spellings(of field: Field) -> [String] {
    guard acceptsSnakeCase else { return field.names }
    var names = field.names
    for name in field.names {
      let snake = FieldTable.snakeCase(name)
      if !names.contains(snake) { names.append(snake) }
    }
    return names
  }

  /// `start_time_unix_nano` for `startTimeUnixNano`.
  static func snakeCase(_ name: String) -> String {
    var snake = ""
    for scalar in name.unicodeScalars {
      if ("A"..."Z").contains(scalar) {
        snake += "_" + scalar.properties.lowercaseMapping
      } else {
        snake.unicodeScalars.append(scalar)
      }
    }
    return snake
  }

  /// The entry of `shape` whose name is `key`, or `nil`.
  func entry(named key: RawSpan, in shape: Int) -> Int? {
    for entry in shapes[shape].entries where entries[entry].name.length == key.byteCount &+ 1 {
      if isEqual(key, spellings[entry]) { return entry }
    }
    return nil
  }

  private func isEqual(_ key: RawSpan, _ spelling: [UInt8]) -> Bool {
    for offset in key.byteOffsets where key.byte(at: offset) != spelling[offset] { return false }
    return true
  }

  /// The dotted path of a shape, with a dot behind it; empty for the record itself.
  func path(ofShape shape: Int) -> String {
    let owner = shapes[shape].owner
    return owner < 0 ? prefix : paths[owner] + "."
  }
}
