package import TraceIndex
package import TraceQuery

/// The filters in force, with their history.
///
/// Filters are joined by `and`. They hold for every screen and every run: what a person narrowed
/// down stays narrowed down while they look around.
package struct FilterStack: Sendable {
  package struct Filter: Sendable, Equatable {
    package let text: String
  }

  package private(set) var filters: [Filter] = []
  /// False while `\` holds them off.
  package private(set) var isOn = true
  private var undone: [[Filter]] = []
  private var done: [[Filter]] = []
  private var cache: [Int: RowSet] = [:]

  package init() {}

  /// The query of all filters together, as one can pass to `--filter`; empty when there is none.
  package var text: String {
    filters.count == 1 ? filters[0].text : filters.map { "(\($0.text))" }.joined(separator: " ")
  }

  package var isActive: Bool { isOn && !filters.isEmpty }

  /// The query in force; nil when nothing is filtered.
  package var active: String? { isActive ? text : nil }

  /// The rows of a run that the filters keep; nil when nothing is filtered.
  ///
  /// - Complexity: O(rows) once for each run and change.
  package mutating func matches(execution: Int, in index: TraceIndex) -> RowSet? {
    guard isActive else { return nil }
    if let known = cache[execution] { return known }
    let rows = FilterStack.rows(matching: text, in: index)
    cache[execution] = rows
    return rows
  }

  /// The rows a query keeps. A query that cannot be answered here, because it names something that
  /// only another run has, keeps none.
  static func rows(matching text: String, in index: TraceIndex) -> RowSet {
    guard let query = try? Query(parsing: text),
      let result = try? evaluate(
        query, in: index, context: QueryContext(allowsAbsentAttributes: true))
    else { return RowSet(rowCount: index.rowCount) }
    return switch result {
    case .rows(let rows): rows
    case .ordered(let rows): RowSet(rowCount: index.rowCount, rows)
    case .table: RowSet(rowCount: index.rowCount)
    }
  }

  /// Replaces all filters by one; an empty text removes them.
  package mutating func replace(with text: String) {
    change { $0 = text.allSatisfy(\.isWhitespace) ? [] : [Filter(text: text)] }
  }

  package mutating func push(_ text: String) {
    change { $0.append(Filter(text: text)) }
  }

  package mutating func toggle() {
    isOn.toggle()
    cache = [:]
  }

  /// False when there is nothing to undo.
  package mutating func undo() -> Bool {
    guard let previous = done.popLast() else { return false }
    undone.append(filters)
    filters = previous
    cache = [:]
    return true
  }

  /// False when there is nothing to redo.
  package mutating func redo() -> Bool {
    guard let next = undone.popLast() else { return false }
    done.append(filters)
    filters = next
    cache = [:]
    return true
  }

  /// Forgets what was computed about a run whose index is new.
  mutating func forget(execution: Int) { cache[execution] = nil }

  private mutating func change(_ body: (inout [Filter]) -> Void) {
    let before = filters
    body(&filters)
    isOn = true
    cache = [:]
    guard filters != before else { return }
    done.append(before)
    undone = []
  }
}
