package import TraceIndex
import TraceModel
package import TraceQuery

/// The values that rows have of one field, with the number of rows behind each.
///
/// A row that has several values of an attribute counts with each of them, as a filter finds it.
package struct FieldValues: Sendable, Equatable {
  package struct Value: Sendable, Equatable {
    /// Exact; empty where the artifact has an empty text.
    package let text: String
    package let tally: RowTally
  }

  package let field: Field
  /// The rows that were looked at.
  package let all: RowTally
  /// Those that have no value.
  package let absent: RowTally
  /// How many different values there are.
  package let distinct: Int
  /// The most frequent ones, the most rows first, equal ones by their bytes.
  package let values: [Value]

  /// The values of an execution's rows, or of those in `rows`; none of a field that is not counted,
  /// such as a time, or that only another execution has.
  ///
  /// - Parameter limit: values that are kept; the others are in `distinct` alone.
  /// - Complexity: O(rows + values × log values).
  package init(
    _ field: Field, of index: TraceIndex, rows members: RowSet? = nil, limit: Int = 10_000
  ) {
    let rows = RowSelection(rowCount: index.rowCount, members: members)
    self.field = field
    var all = RowTally()
    rows.forEachTally(in: index) { _, tally in all += tally }
    self.all = all
    guard let source = CountedField(field, in: index) else {
      (absent, distinct, values) = (all, 0, [])
      return
    }
    let counts = ValueCounts(source, of: index, rows)
    absent = RowTally(
      rows: all.rows - counts.present.rows, errors: all.errors - counts.present.errors,
      denied: all.denied - counts.present.denied)
    distinct = counts.codes.count
    values = counts.codes.indices
      .sorted { (counts.tallies[$1].rows, $0) < (counts.tallies[$0].rows, $1) }
      .prefix(limit)
      .map {
        Value(text: source.text(Int(counts.codes[$0]), in: index), tally: counts.tallies[$0])
      }
      .sorted { a, b in
        a.tally.rows != b.tally.rows
          ? a.tally.rows > b.tally.rows : isOrderedByBytes(a.text, b.text)
      }
  }
}

/// The distinct values of a field in order of first appearance, with their rows.
struct ValueCounts {
  private(set) var codes: [UInt32] = []
  private(set) var tallies: [RowTally] = []
  /// The rows that have a value.
  private(set) var present = RowTally()

  init(_ field: CountedField, of index: TraceIndex, _ rows: RowSelection) {
    var numbers = [UInt32](repeating: .max, count: field.limit(in: index))
    /// The owner that was counted last with a value: it counts once.
    var owners: [Int] = []
    var lastOwner = -1
    field.forEachValue(in: index, rows) { owner, code, tally in
      guard code < numbers.count else { return }
      if numbers[code] == .max {
        numbers[code] = UInt32(codes.count)
        codes.append(UInt32(code))
        tallies.append(RowTally())
        owners.append(-1)
      }
      let number = Int(numbers[code])
      if owners[number] != owner { tallies[number] += tally }
      owners[number] = owner
      if owner != lastOwner { present += tally }
      lastOwner = owner
    }
  }
}
