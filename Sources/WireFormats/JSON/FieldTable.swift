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
  enum Use: UInt8, Sendable {
    case value, object, handed, ignored
  }

  struct Entry: Sendable {
    var use: Use
    /// The format's number for the field.
    var number: Int
    /// The shape that the field belongs to.
    var shape: Int
    /// For `object`, the shape of its value.
    var child = 0
  }

  /// One object of the record: its entries, and the entry of the object around it that holds it.
  struct Shape: Sendable {
    var entries: Range<Int>
    var parent: Int
    var owner: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var shapes: [Shape] = []
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
        entries.append(Entry(use: use, number: field.number, shape: shape))
        paths.append(path + field.names[0])
        spellings.append(Array(name.utf8))
      }
      fieldCount = max(fieldCount, field.number + 1)
    }
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
      if ("A"..."Z").contains(scalar) { snake += "_" }
      snake += ("A"..."Z").contains(scalar) ? String(scalar).lowercased() : String(scalar)
    }
    return snake
  }

  /// The entry of `shape` whose name is `key`, or `nil`.
  func entry(named key: RawSpan, in shape: Int) -> Int? {
    for entry in shapes[shape].entries where spellings[entry].count == key.byteCount {
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
