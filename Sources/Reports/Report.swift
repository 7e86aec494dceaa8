import TraceModel

/// A result as a document: facts, tables and notes, in no notation yet.
///
/// One report is rendered as text, JSON, CSV or Markdown, so all four state the same facts.
package struct Report: Sendable {
  /// What kind of result it is, with the version of its JSON, such as `trace-summary/1`.
  package let kind: String
  package let title: String
  package var parts: [Part]

  package init(kind: String, title: String, parts: [Part] = []) {
    self.kind = kind
    self.title = title
    self.parts = parts
  }

  package enum Part: Sendable {
    /// A JSON object, or lines of label and value.
    case facts(key: String, title: String, [Fact])
    /// A JSON array of objects, or a table.
    case table(Table)
    /// Sentences; a JSON array of strings.
    case notes(key: String, title: String, [String])
    /// Text that is a result itself, such as a policy document; a JSON string.
    case document(key: String, String)
  }

  package struct Fact: Sendable {
    /// The name in JSON, snake case, with its unit where it has one.
    package let key: String
    package let label: String
    package let value: Value

    package init(_ key: String, _ label: String, _ value: Value) {
      self.key = key
      self.label = label
      self.value = value
    }
  }

  package struct Table: Sendable {
    package let key: String
    package let title: String
    package let columns: [Column]
    /// Each row has a value for each column.
    package var rows: [[Value]]
    /// How many rows text and Markdown show; the rest is counted. JSON and CSV always have all.
    package let shown: Int

    package init(
      key: String, title: String, columns: [Column], rows: [[Value]], shown: Int = .max
    ) {
      self.key = key
      self.title = title
      self.columns = columns
      self.rows = rows
      self.shown = shown
    }
  }

  package struct Column: Sendable {
    /// The name in JSON and CSV, snake case, with its unit where it has one.
    package let key: String
    package let label: String

    package init(_ key: String, _ label: String) {
      self.key = key
      self.label = label
    }
  }

  /// A value with its meaning, so that each notation can write it in its own way.
  package enum Value: Sendable, Equatable {
    /// Exact text of an artifact.
    case text(String)
    /// The path of a file: whole everywhere, for people copy it.
    case path(String)
    /// A branch of a tree: text, and how far it is indented.
    case indented(String, depth: Int)
    case integer(Int)
    /// Nanoseconds.
    case duration(Int64)
    /// Nanoseconds since the Unix epoch.
    case time(Int64)
    /// A part of a whole.
    case share(part: Int, whole: Int)
    case bytes(UInt64)
    case boolean(Bool)
    case none
  }
}

extension Report.Value {
  /// Text, or nothing where it is empty.
  package static func optional(_ text: String) -> Report.Value {
    text.isEmpty ? .none : .text(text)
  }

  package static func optional(time: Int64?) -> Report.Value { time.map { .time($0) } ?? .none }

  package static func count(_ number: UInt64) -> Report.Value { .integer(Int(clamping: number)) }

  /// Whether columns of such values line up at the right.
  var isFigure: Bool {
    switch self {
    case .integer, .duration, .share, .bytes: true
    case .text, .path, .indented, .time, .boolean, .none: false
    }
  }

  /// Whether a part of it is of use: text, or nothing at all.
  var mayBeCut: Bool {
    switch self {
    case .text, .indented, .none: true
    case .integer, .duration, .share, .bytes, .path, .time, .boolean: false
    }
  }

  /// The value as people read it: safe to show, rounded, UTC.
  var text: String {
    switch self {
    case .text(let text), .path(let text): visibleText(text)
    case .indented(let text, let depth):
      String(repeating: "  ", count: min(depth, 40)) + visibleText(text)
    case .integer(let number): QuantityText.count(number)
    case .duration(let nanoseconds): QuantityText.duration(nanoseconds)
    case .time(let nanoseconds): Timestamp.dateTime(nanoseconds: nanoseconds, fractionDigits: 3)
    case .share(let part, let whole): QuantityText.percent(Int64(part), of: Int64(whole))
    case .bytes(let count): QuantityText.bytes(count)
    case .boolean(let flag): flag ? "yes" : "no"
    case .none: "-"
    }
  }

  /// The value for machines, without quotes: exact, in base units.
  var exact: String {
    switch self {
    case .text(let text), .path(let text), .indented(let text, _): text
    case .integer(let number): String(number)
    case .duration(let nanoseconds): String(nanoseconds)
    case .time(let nanoseconds): Timestamp.text(nanoseconds: nanoseconds)
    case .share(let part, let whole): whole == 0 ? "0" : fraction(part, of: whole)
    case .bytes(let count): String(count)
    case .boolean(let flag): flag ? "true" : "false"
    case .none: ""
    }
  }
}

/// A share from 0 to 1 with six decimals, by whole numbers: the same on every machine.
private func fraction(_ part: Int, of whole: Int) -> String {
  let scaled = (Double(part) / Double(whole) * 1_000_000).rounded()
  let millionths = Int(max(0, min(1_000_000_000, scaled)))
  let rest = String(millionths % 1_000_000)
  return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - rest.count) + rest
}
