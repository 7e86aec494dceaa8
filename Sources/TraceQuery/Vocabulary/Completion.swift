package import TraceIndex
import TraceModel

/// A text that could stand at the cursor.
package struct Completion: Sendable, Equatable {
  /// What a text is, for its style.
  package enum Kind: Sendable, Equatable {
    case field, attribute, word, value, stage, macro
  }

  /// What to write in place of `range`; of values, exact text of the artifacts, which has to be
  /// made visible before it is shown.
  package var text: String
  /// The part of the query to replace, in Unicode scalars from 0.
  package var range: Range<Int>
  /// What it is.
  package var kind: Kind
  /// What it means, in one clause; empty for values.
  package var help: String
  /// In how many rows it occurs; nil where that is not known.
  package var count: Int?
}

extension QueryVocabulary {
  /// What could stand at the cursor, the likeliest first, at most `limit` of them.
  ///
  /// Names begin with, or else contain, what is typed so far. Values of the index are sorted by how
  /// many rows have them.
  ///
  /// - Complexity: O(rows) when values of a field are completed; otherwise O(names).
  package static func completions(
    for text: String, cursor: Int, index: TraceIndex? = nil,
    context: QueryContext = QueryContext(), macros: [String: String] = [:], limit: Int = 50
  ) -> [Completion] {
    let place = CompletionPlace(text, cursor: cursor)
    let source = CompletionSource(place: place, index: index, context: context, limit: limit)
    let candidates: [Completion]
    switch place.kind {
    case .condition: candidates = source.fields(withWords: true)
    case .stageArgument: candidates = source.functions + source.fields(withWords: false)
    case .stage: candidates = source.stages
    case .macro:
      candidates = macros.keys.sorted().map { source.candidate("@" + $0, .macro, macros[$0] ?? "") }
    case .value(let field): candidates = source.values(of: field)
    case .nothing: candidates = []
    }
    let typed = place.typed.lowercased()
    let ranked = candidates.enumerated().compactMap { position, candidate in
      candidate.rank(typed).map { (rank: $0, position: position, candidate: candidate) }
    }
    let sorted = ranked.sorted { a, b in
      if a.rank != b.rank { return a.rank < b.rank }
      let (x, y) = (a.candidate, b.candidate)
      // Names keep the order of the vocabulary.
      guard x.kind == .value else { return a.position < b.position }
      if x.count != y.count { return x.count ?? 0 > y.count ?? 0 }
      return x.text.utf8.lexicographicallyPrecedes(y.text.utf8)
    }
    return sorted.prefix(max(0, limit)).map(\.candidate)
  }
}

extension Completion {
  /// 0 if the text, or another name of the field, begins as typed; 1 if it contains what is typed;
  /// otherwise nil.
  fileprivate func rank(_ typed: String) -> Int? {
    var names = [text.lowercased()]
    if text.first == "\"" { names[0].removeFirst() }
    if kind == .field, let field = KnownField(named: text) { names += field.aliases }
    if names.contains(where: { $0.hasPrefix(typed) }) { return 0 }
    return names.contains { $0.contains(typed) } ? 1 : nil
  }
}

/// What kind of thing is being typed at the cursor.
struct CompletionPlace {
  /// What can stand there.
  enum Kind: Equatable {
    case condition
    case value(Field)
    case stage
    case stageArgument
    case macro
    /// Inside something that nothing is known about, such as a quoted word.
    case nothing
  }

  private(set) var kind = Kind.condition
  /// The part of the query that is being typed.
  private(set) var range: Range<Int>
  /// Its text, without an opening quote.
  private(set) var typed = ""

  /// What stands at `cursor`, in scalars; one outside the text is moved into it.
  init(_ text: String, cursor: Int) {
    let scanner = Scanner(text)
    let cursor = max(0, min(cursor, scanner.scalars.count))
    var walk = CompletionWalk()
    for position in 0..<cursor { walk.step(scanner, position) }
    range = walk.tokenStart..<cursor
    typed = scanner.text(range)
    if walk.isStage {
      kind = walk.depth > 0 ? .stageArgument : .stage
      if typed.first == "-" { skip(1) }
      return
    }
    if let field = walk.listField {
      kind = typed.first == "@" ? .macro : .value(field)
      skipQuote()
      return
    }
    while let first = typed.first, first == "-" || first == "!" { skip(1) }
    if typed.first == "@" {
      kind = .macro
    } else if typed.first == "\"" {
      kind = .nothing
    } else {
      findOperator(scanner)
    }
  }

  private mutating func skip(_ count: Int) {
    range = range.lowerBound + count..<range.upperBound
    typed = String(typed.unicodeScalars.dropFirst(count))
  }

  private mutating func skipQuote() {
    if typed.first == "\"" { typed.removeFirst() }
  }

  /// A value, if an operator stands between a field's name and the cursor.
  private mutating func findOperator(_ scanner: Scanner) {
    let text = scanner.text(range)
    guard let (field, length) = CompletionPlace.field(beginning: text) else { return }
    let rest = text.unicodeScalars.dropFirst(length)
    let symbol = ComparisonOperator.allCases.first { rest.starts(with: $0.rawValue.unicodeScalars) }
    guard let symbol else { return }
    skip(length + symbol.rawValue.unicodeScalars.count)
    skipQuote()
    kind = field.map { .value($0) } ?? .nothing
  }

  /// The name that `text` begins with: its field, if it is one, and its length in scalars.
  static func field(beginning text: String) -> (field: Field?, length: Int)? {
    var parser = QueryParser(text, macros: [:], attributes: [])
    do {
      guard let name = try parser.writtenName() else { return nil }
      return (parser.knownField(name), parser.scanner.position)
    } catch {
      // A quote that is still open is no fault while somebody types.
      return nil
    }
  }
}

/// Walks over the text before the cursor, and keeps what is needed to know what stands there.
private struct CompletionWalk {
  var tokenStart = 0
  var isStage = false
  var depth = 0
  /// The field whose list the cursor is in.
  var listField: Field?
  private var isQuoted = false
  private var isEscaped = false
  private var words: [String] = []

  /// Takes in one scalar.
  mutating func step(_ scanner: Scanner, _ position: Int) {
    let scalar = scanner.scalars[position]
    if isEscaped || isQuoted {
      if isQuoted, !isEscaped, scalar == "\"" { isQuoted = false }
      isEscaped = isQuoted && !isEscaped && scalar == "\\"
      return
    }
    if scalar == "\"" { isQuoted = true }
    let isDelimiter =
      scalar.properties.isWhitespace || scalar == "{" || scalar == "}" || scalar == "|"
      || scalar == "(" || scalar == ")" || (scalar == "," && depth > 0)
    guard isDelimiter else { return }
    let token = scanner.text(tokenStart..<position)
    if !token.isEmpty { words.append(token) }
    tokenStart = position + 1
    switch scalar {
    case "|":
      isStage = true
      depth = 0
    case "(":
      depth += 1
      listField = fieldBeforeIn
    case ")":
      depth -= 1
      listField = nil
    default:
      // `in @` is a list as well.
      if listField == nil, depth == 0, scanner.peek(position + 1) == "@" {
        listField = fieldBeforeIn
      }
    }
  }

  /// The field of `field in` or `field not in`, if these were the last words.
  private var fieldBeforeIn: Field? {
    guard words.last?.lowercased() == "in" else { return nil }
    let before = words.dropLast().last { $0.lowercased() != "not" }
    return before.flatMap { CompletionPlace.field(beginning: $0)?.field }
  }
}

/// The candidates of each kind.
private struct CompletionSource {
  let place: CompletionPlace
  let index: TraceIndex?
  let context: QueryContext
  let limit: Int

  /// A completion of what is typed.
  func candidate(
    _ text: String, _ kind: Completion.Kind, _ help: String, count: Int? = nil
  ) -> Completion {
    Completion(text: text, range: place.range, kind: kind, help: help, count: count)
  }

  var stages: [Completion] {
    QueryVocabulary.stages.map { candidate($0.name + "(", .stage, $0.help) }
  }

  /// Columns that aggregates make.
  var functions: [Completion] {
    AggregateFunction.allCases.map { candidate($0.rawValue, .stage, $0.help) }
  }

  /// The fields, the words of `is`, and the attributes of the index.
  func fields(withWords: Bool) -> [Completion] {
    var found = QueryVocabulary.fields.filter { withWords || $0.name != "is" }
      .map { candidate($0.name, .field, $0.help) }
    if withWords {
      found += QueryVocabulary.words.map { candidate("is:" + $0.name, .word, $0.help) }
    }
    guard let index else { return found }
    return found
      + index.attributeKeys.map { key in
        let field = Field.attribute(key.scope, index.string(key.name))
        return candidate(Spelling.field(field), .attribute, "", count: key.count)
      }
  }

  /// The values of a field, with the number of rows.
  func values(of field: Field) -> [Completion] {
    if field == .known(.isWord) {
      return QueryVocabulary.words.map { candidate($0.name, .word, $0.help) }
    }
    if case .word(let vocabulary) = field.kind {
      return vocabulary.map { candidate($0, .word, "") }
    }
    if case .known(let known) = field, let sets = context.labels[known.rawValue] {
      return sets.sorted { $0.key < $1.key }
        .map { candidate(Spelling.value($0.key), .value, "", count: $0.value.count) }
    }
    guard let index, field.columnKind == .text, field.kind != .identifier else { return [] }
    return ValueCounts(of: field, in: index, context: context)
      .likeliest(limit, typed: place.typed)
      .map { candidate(Spelling.value($0.text), .value, "", count: $0.count) }
  }
}

/// The distinct values of a field, and how many rows have each.
private struct ValueCounts {
  private var reader: FieldReader?
  private var values = CodeTable()
  private var counts: [Int] = []

  /// - Complexity: O(rows).
  init(of field: Field, in index: TraceIndex, context: QueryContext) {
    do {
      reader = try FieldReader(FieldUse(field: field, range: 0..<0), in: index, context: context)
    } catch {
      // An attribute that no row has, or a label that is not available: no values to offer.
      return
    }
    for first in stride(from: 0, to: index.rowCount, by: 4_096) {
      let rows = Array(first..<min(first + 4_096, index.rowCount))
      for case let code? in reader?.codes(of: rows) ?? [] {
        let number = values.number(of: UInt64(bitPattern: code))
        if number == counts.count { counts.append(0) }
        counts[number] += 1
      }
    }
  }

  /// The most frequent values that begin with `typed`, then those that contain it.
  ///
  /// - Complexity: O(values × limit) at worst; text is only made for values that match.
  func likeliest(_ limit: Int, typed: String) -> [(text: String, count: Int)] {
    guard let reader, limit > 0 else { return [] }
    let contains = CompiledGlob(Glob(pieces: [typed], ignoresCase: true))
    let begins = CompiledGlob(Glob(pieces: [typed, ""], ignoresCase: true))
    var best: [(rank: Int, number: Int)] = []
    for number in counts.indices {
      let code = Int64(bitPattern: values.codes[number])
      guard reader.matches(code, contains) else { continue }
      let rank = counts[number] + (reader.matches(code, begins) ? 1 << 40 : 0)
      if best.count == limit, let last = best.last, last.rank >= rank { continue }
      let place = best.firstIndex { $0.rank < rank } ?? best.count
      best.insert((rank, number), at: place)
      if best.count > limit { best.removeLast() }
    }
    return best.map { entry in
      (reader.text(Int64(bitPattern: values.codes[entry.number])), counts[entry.number])
    }
  }
}
