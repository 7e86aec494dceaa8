package import TraceIndex
import TraceModel
package import TraceQuery

/// Which fields rows have, and how many different values of each.
package struct FieldCensus: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let field: Field
    /// Rows that have a value.
    package let rows: Int
    /// Different values.
    package let values: Int

    /// The field as a query names it.
    package var name: String { ClauseText.name(field) }
  }

  /// The rows that were looked at.
  package let rows: Int
  /// The fields that a row has a value of: those of the language, then attributes by scope and
  /// name.
  package let entries: [Entry]

  /// The fields of an execution's rows, or of those in `rows`.
  ///
  /// - Complexity: O(rows × fields of the language + values of attributes).
  package init(_ index: TraceIndex, rows members: RowSet? = nil) {
    let selection = RowSelection(rowCount: index.rowCount, members: members)
    rows = members?.count ?? index.rowCount
    let resources = selection.talliesByResource(in: index).map(\.rows)
    var seen = SeenValues(count: max(256, index.stringCount, index.artifacts.count))
    var entries: [Entry] = []
    func add(_ field: Field, _ rows: Int) {
      if rows > 0 { entries.append(Entry(field: field, rows: rows, values: seen.count)) }
      seen.clear()
    }
    for known in CountedField.known {
      guard let source = CountedField(.known(known), in: index) else { continue }
      var rows = 0
      source.forEachValue(in: index, selection) { _, code, _ in
        rows += 1
        seen.insert(code)
      }
      add(.known(known), rows)
    }
    for (key, indexed) in index.attributeKeys.enumerated() {
      let isOfResource = indexed.scope == .resource || indexed.scope == .scope
      var rows = 0
      var last = -1
      index.withPostings(ofKey: key) { postings in
        for place in 0..<postings.rows.count {
          let owner = Int(postings.rows[place])
          let count =
            isOfResource
            ? (owner < resources.count ? resources[owner] : 0) : selection.contains(owner) ? 1 : 0
          guard count > 0 else { continue }
          if owner != last { rows += count }
          last = owner
          seen.insert(Int(postings.values[place]))
        }
      }
      add(.attribute(indexed.scope, index.string(indexed.name)), rows)
    }
    self.entries = entries
  }
}

/// A set of codes that is cleared at the cost of what is in it.
private struct SeenValues {
  private var words: [UInt64]
  private var members: [Int] = []

  init(count: Int) { words = [UInt64](repeating: 0, count: count / 64 + 1) }

  var count: Int { members.count }

  mutating func insert(_ code: Int) {
    guard code >= 0, code >> 6 < words.count, words[code >> 6] >> UInt64(code & 63) & 1 == 0
    else { return }
    words[code >> 6] |= 1 << UInt64(code & 63)
    members.append(code)
  }

  mutating func clear() {
    for code in members { words[code >> 6] = 0 }
    members.removeAll(keepingCapacity: true)
  }
}
