import TestSupport
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel
import TraceQuery

@Suite("Access matrix") struct AccessMatrixTests {
  private static func index() throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:bob", "read", on: "a")
    for target in ["a", "b", "b"] { builder.decision(.allow, "user:ann", "read", on: target) }
    builder.decision(.deny, "user:ann", "write", on: "a", at: 5)
    builder.decision(.unauthenticated, "", "write", on: "a", at: 6)
    builder.decision(.error, "user:bob", "write", on: "a", at: 7)
    builder.span("GET /", id: 1)
    return try builder.index()
  }

  @Test("counts decisions by outcome; the busiest lines come first, equal ones by name")
  func counts() throws {
    let matrix = AccessMatrix(try AccessMatrixTests.index())
    #expect(matrix.principals.map(\.name) == ["user:ann", "user:bob", ""])
    #expect(matrix.permissions.map(\.name) == ["read", "write"])
    #expect(matrix.total == DecisionCounts(allowed: 4, denied: 2, undecided: 1))
    let cell = try #require(matrix.cell(principal: 0, permission: 0))
    #expect(cell.counts == DecisionCounts(allowed: 3) && cell.targets == 2)
    #expect(matrix.cell(principal: 1, permission: 1)?.counts == DecisionCounts(undecided: 1))
    #expect(matrix.cell(principal: 2, permission: 0) == nil)
    #expect(matrix.cell(principal: 3, permission: 0) == nil)
  }

  @Test("of denials has only the pairs, lines and totals that have one")
  func denied() throws {
    let matrix = AccessMatrix(try AccessMatrixTests.index()).deniedOnly
    #expect(matrix.principals.map(\.name) == ["", "user:ann"])
    #expect(matrix.permissions.map(\.name) == ["write"])
    #expect(matrix.total == DecisionCounts(denied: 2))
    #expect(matrix.cells.count == 2)
  }

  @Test("counts the rows of a filter alone, and is empty without decisions")
  func filtered() throws {
    let index = try AccessMatrixTests.index()
    let rows = RowSet(
      rowCount: index.rowCount,
      (0..<index.rowCount).filter {
        index.outcome($0) == .deny
      })
    #expect(AccessMatrix(index, rows: rows).total == DecisionCounts(denied: 1))
    let none = AccessMatrix(index, rows: RowSet(rowCount: index.rowCount))
    #expect(none.cells.isEmpty && none.deniedOnly.principals.isEmpty)
  }

  @Test("says of the samples what the query that groups by actor and permission says")
  func sameAsQuery() throws {
    for index in try ExplorerHarness.samples.get().indexes {
      let query = try Query(parsing: "is:decision | by(actor, perm) | count()")
      guard case .table(let table) = try evaluate(query, in: index, context: QueryContext()) else {
        Issue.record("no table")
        return
      }
      let matrix = AccessMatrix(index)
      #expect(matrix.cells.count == table.rows.count)
      let totals = table.rows.compactMap { row in
        if case .integer(let number)? = row.cells.last { Int(number) } else { nil }
      }
      #expect(matrix.cells.map(\.counts.total).sorted() == totals.sorted())
    }
  }
}
