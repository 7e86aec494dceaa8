import TraceIndex
import TraceModel

/// Reads one field of many rows, as codes: equal values have equal codes.
///
/// A number is its own code. A string of the index has its id, and a text that the index does not
/// hold has a negative code; both become text only when a cell is made.
struct FieldReader {
  private enum Source {
    case texts([TextSource])
    case rowAttribute(Int)
    case resourceAttribute(Int)
    case eventName
    case words(ByteColumn, of: [RowKind])
    case number(KnownField, TimePresence?)
    case children([UInt32])
    case trace, span, parent, file, run
    case labels([(name: String, rows: RowSet)])
    /// No row has the attribute.
    case nothing
  }

  let field: Field
  private let source: Source
  private let index: TraceIndex
  /// Texts by negative code: text i has code -1 - i.
  private var texts: [String] = []
  private var textCodes: [String: Int64] = [:]
  private var numbers: [Int64: Number?] = [:]

  /// - Throws: `QueryError` for a field that is not available here.
  init(_ use: FieldUse, in index: TraceIndex, context: QueryContext) throws(QueryError) {
    field = use.field
    self.index = index
    switch use.field {
    case .attribute(let scope, let name):
      source = try FieldReader.attribute(scope, name, use, index, context)
    case .known(let known):
      source = try FieldReader.known(known, use, index, context)
    }
    for name in wordNames { _ = code(of: name) }
  }

  private static func attribute(
    _ scope: AttributeScope, _ name: String, _ use: FieldUse, _ index: TraceIndex,
    _ context: QueryContext
  ) throws(QueryError) -> Source {
    if let key = index.keyOrdinal(scope: scope, name: name) {
      return scope == .resource || scope == .scope ? .resourceAttribute(key) : .rowAttribute(key)
    }
    if scope == .event, name == "name" { return .eventName }
    if context.allowsAbsentAttributes { return .nothing }
    throw PlanBuilder(index: index, context: context).absent(scope, name, at: use.range)
  }

  private static func known(
    _ known: KnownField, _ use: FieldUse, _ index: TraceIndex, _ context: QueryContext
  ) throws(QueryError) -> Source {
    switch FieldSource(known, in: index) {
    case .text(let texts): return .texts(texts)
    case .trace: return .trace
    case .span: return .span
    case .parent: return .parent
    case .file: return .file
    case .run: return .run
    case .word:
      switch known {
      case .kind: return .words(.spanKind, of: [.span])
      case .status: return .words(.status, of: [.span])
      case .join: return .words(.joinMethod, of: [.decision, .log])
      default: return .words(.outcome, of: [.decision])
      }
    case .number:
      return known == .children
        ? .children(childCounts(in: index)) : .number(known, TimePresence(known))
    case .label:
      guard let sets = context.labels[known.rawValue] else {
        throw QueryError("not available here: '\(known.rawValue)' (\(known.help))", at: use.range)
      }
      return .labels(sets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
  }

  /// The names behind the raw values of an enumeration.
  private var wordNames: [String] {
    switch source {
    case .words(.spanKind, _): SpanKind.allCases.map(\.name)
    case .words(.status, _): SpanStatus.allCases.map(\.name)
    case .words(.outcome, _): Outcome.allCases.map(\.name)
    case .words(.joinMethod, _): JoinMethod.allCases.map(\.name)
    default: []
    }
  }

  private mutating func code(of text: String) -> Int64 {
    if let code = textCodes[text] { return code }
    let code = -1 - Int64(texts.count)
    texts.append(text)
    textCodes[text] = code
    return code
  }

  /// The cell of a value.
  func cell(_ code: Int64?) -> QueryCell {
    guard let code else { return .absent }
    let kind = field.columnKind
    return kind == .text ? textCell(code) : QueryCell(code, kind)
  }

  private func textCell(_ code: Int64) -> QueryCell {
    switch source {
    case .trace: return .text(index.idText(ofTrace: Int(code)))
    case .span, .parent: return .text(SpanID(UInt64(bitPattern: code)).description)
    case .file:
      return index.artifacts.indices.contains(Int(code))
        ? .text(index.artifacts[Int(code)].path) : .absent
    case .run: return .text(index.name)
    default:
      if code >= 0 { return .string(StringID(UInt32(truncatingIfNeeded: code))) }
      return .text(texts[Int(-1 - code)])
    }
  }

  /// The number of a value, which for an attribute its text has to be.
  mutating func number(_ code: Int64) -> Number? {
    if field.columnKind != .text { return .integer(code) }
    if let known = numbers[code] { return known }
    let number = textCell(code).string(in: index).flatMap { Number($0) }
    numbers[code] = .some(number)
    return number
  }

  /// The text of a value that is one.
  func text(_ code: Int64) -> String { textCell(code).string(in: index) ?? String(code) }

  /// Whether the text of a value is as `glob` says.
  func matches(_ code: Int64, _ glob: CompiledGlob) -> Bool {
    switch textCell(code) {
    case .string(let id): index.withStringBytes(id) { glob.matches($0) }
    case .text(let text): glob.matches(Array(text.utf8).span.bytes)
    case .absent, .integer, .duration, .time, .double: false
    }
  }

  /// What a value is sorted by.
  mutating func sortValue(_ code: Int64) -> SortValue {
    if field.columnKind != .text { return .number(.integer(code)) }
    if field.kind == .attribute, let number = number(code) { return .number(number) }
    return .text(text(code))
  }

  /// A number for each of some distinct values that sorts as the value does.
  ///
  /// - Complexity: O(values × log values); text is made once for each.
  mutating func ranks(of codes: [UInt64]) -> [Int64] {
    var values: [SortValue] = []
    values.reserveCapacity(codes.count)
    for code in codes { values.append(sortValue(Int64(bitPattern: code))) }
    var ranks = [Int64](repeating: 0, count: values.count)
    var rank: Int64 = 0
    var previous: SortValue?
    for number in values.indices.sorted(by: { values[$0] < values[$1] }) {
      if let previous, previous < values[number] { rank += 1 }
      previous = values[number]
      ranks[number] = rank
    }
    return ranks
  }
}

/// Reading.
extension FieldReader {
  /// The codes of some rows; nil where a row has no value, and the first of several values.
  ///
  /// - Complexity: O(rows), and O(log values) a row for attributes.
  mutating func codes(of rows: [Int]) -> [Int64?] {
    switch source {
    case .texts(let sources):
      var codes = [Int64?](repeating: nil, count: rows.count)
      for source in sources { fill(&codes, from: source, rows) }
      return codes
    case .rowAttribute(let key): return attributeCodes(key, rows.map(Optional.some))
    case .resourceAttribute(let key):
      return attributeCodes(key, rows.map { index.resource(ofRow: $0) })
    case .eventName:
      return rows.map { row in
        index.events(ofRow: row).first.map { Int64(index.event($0).name.value) }
      }
    case .words(let column, let kinds): return wordCodes(column, kinds, rows)
    case .number(let field, let presence): return numberCodes(field, presence, rows)
    case .children(let counts): return rows.map { Int64(counts[$0]) }
    case .trace: return rows.map { index.trace(ofRow: $0).map(Int64.init) }
    case .span: return rows.map { FieldReader.code(index.spanID($0)) }
    case .parent: return rows.map { FieldReader.code(index.parentSpanID($0)) }
    case .file: return rows.map { Int64(index.artifact(ofRow: $0)) }
    case .run: return rows.map { _ in 0 }
    case .labels(let sets): return labelCodes(sets, rows)
    case .nothing: return rows.map { _ in nil }
    }
  }

  private static func code(_ id: SpanID) -> Int64? {
    id.isNone ? nil : Int64(bitPattern: id.value)
  }

  private mutating func fill(_ codes: inout [Int64?], from text: TextSource, _ rows: [Int]) {
    switch text {
    case .column(let column, let part):
      index.withIDs(column) { ids in
        for (position, row) in rows.enumerated() where codes[position] == nil {
          guard ids[row] != 0 else { continue }
          codes[position] = code(of: ids[row], part)
        }
      }
    case .attribute(let key):
      let values = attributeCodes(key, rows.map(Optional.some))
      for position in codes.indices where codes[position] == nil {
        codes[position] = values[position]
      }
    }
  }

  /// The code of a string, or of a part of it; nil when it has no such part.
  private mutating func code(of id: UInt32, _ part: TextPart) -> Int64? {
    if case .whole = part { return Int64(id) }
    let text = index.withStringBytes(StringID(id)) { text in
      part.range(in: text).map { range in
        text.extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
      }
    }
    guard let text else { return nil }
    return code(of: text)
  }

  /// The first value of each owner; owners are rows or resources, ascending or not.
  private func attributeCodes(_ key: Int, _ owners: [Int?]) -> [Int64?] {
    index.withPostings(ofKey: key) { postings in
      var codes = [Int64?](repeating: nil, count: owners.count)
      var position = 0
      for (number, owner) in owners.enumerated() {
        guard let owner = owner.flatMap(UInt32.init(exactly:)) else { continue }
        position = FieldReader.seek(owner, in: postings.rows, from: position)
        if position < postings.rows.count, postings.rows[position] == owner {
          codes[number] = Int64(postings.values[position])
        }
      }
      return codes
    }
  }

  /// The first position whose row is not below `owner`; near `hint`, it is found at once.
  private static func seek(_ owner: UInt32, in rows: Span<UInt32>, from hint: Int) -> Int {
    var low = 0
    var high = rows.count
    if hint == 0 || (hint <= rows.count && rows[hint - 1] < owner) {
      low = hint
      var step = 1
      while low + step < rows.count, rows[low + step] < owner {
        low += step
        step *= 2
      }
      high = min(rows.count, low + step + 1)
    }
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < owner { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func wordCodes(_ column: ByteColumn, _ kinds: [RowKind], _ rows: [Int]) -> [Int64?] {
    index.withBytes(column) { bytes in
      rows.map { row in
        guard kinds.contains(index.kind(row)), Int(bytes[row]) < texts.count else { return nil }
        return -1 - Int64(bytes[row])
      }
    }
  }

  private func numberCodes(
    _ field: KnownField, _ presence: TimePresence?, _ rows: [Int]
  ) -> [Int64?] {
    rows.map { row in
      if let presence, !presence.holds(index.kind(row), index.marks(row)) { return nil }
      switch field {
      case .start: return index.start(row)
      case .end: return index.end(row)
      case .dur, .latency: return index.duration(row)
      case .selfTime: return index.selfTime(row)
      case .depth: return Int64(index.depth(row))
      case .confidence:
        let confidence = index.join(row).confidence
        return confidence > 0 ? Int64(confidence) : nil
      default: return Int64(clamping: index.byteOffset(ofRow: row))
      }
    }
  }

  private mutating func labelCodes(
    _ sets: [(name: String, rows: RowSet)], _ rows: [Int]
  ) -> [Int64?] {
    rows.map { row in sets.first { $0.rows.contains(row) }.map { code(of: $0.name) } }
  }
}
