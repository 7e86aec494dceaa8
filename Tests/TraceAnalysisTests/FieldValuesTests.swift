import TestSupport
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel
import TraceQuery

@Suite("Fields and their values") struct FieldValuesTests {
  private static func index() throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.span("GET /", id: 1, for: 100, service: "gateway", attributes: ["region": "eu"])
    builder.span(
      "GET /", id: 2, parent: 1, for: 50, service: "orders", status: .error,
      attributes: ["region": "us", "retry": "1"])
    builder.span("SELECT", id: 3, parent: 2, for: 20, service: "", attributes: ["retry": "1"])
    builder.decision(.deny, "user:ann", "read", on: "a", in: 1, span: 2, at: 1, service: "orders")
    builder.decision(.error, "user:ann", "read", on: "a", in: 1, span: 2, at: 2, service: "orders")
    return try builder.index()
  }

  @Test("values come with their rows, errors and denials, the most frequent first")
  func values() throws {
    let values = FieldValues(.known(.service), of: try FieldValuesTests.index())
    #expect(values.values.map(\.text) == ["orders", "gateway"])
    #expect(
      values.values.map(\.tally) == [
        RowTally(rows: 3, errors: 2, denied: 1), RowTally(rows: 1),
      ])
    #expect(values.all == RowTally(rows: 5, errors: 2, denied: 1))
    #expect(values.absent == RowTally(rows: 1) && values.distinct == 2)
  }

  @Test("attributes and words are counted as fields are")
  func attributes() throws {
    let index = try FieldValuesTests.index()
    let regions = FieldValues(.attribute(.span, "region"), of: index)
    #expect(regions.values.map(\.text) == ["eu", "us"] && regions.absent.rows == 3)
    let outcomes = FieldValues(.known(.decision), of: index)
    #expect(outcomes.values.map(\.text) == ["deny", "error"] && outcomes.absent.rows == 3)
    #expect(FieldValues(.attribute(.span, "none"), of: index).values.isEmpty)
    #expect(FieldValues(.known(.dur), of: index).values.isEmpty)
  }

  @Test("only the rows of a filter count, and what is beyond the limit is counted still")
  func filteredAndLimited() throws {
    let index = try FieldValuesTests.index()
    let spans = RowSet(
      rowCount: index.rowCount,
      (0..<index.rowCount).filter {
        index.kind($0) == .span
      })
    let services = FieldValues(.known(.service), of: index, rows: spans, limit: 1)
    #expect(services.values.count == 1 && services.distinct == 2)
    #expect(FieldCensus(index, rows: spans).entries.allSatisfy { $0.name != "actor" })
  }

  @Test("the census names each field that a row has, with rows and different values")
  func census() throws {
    let census = FieldCensus(try FieldValuesTests.index())
    let entries = census.entries.map { "\($0.name) \($0.rows) \($0.values)" }
    #expect(entries.contains("service 4 2") && entries.contains("name 5 3"))
    #expect(entries.contains("span.region 2 2") && entries.contains("span.retry 2 1"))
    #expect(entries.contains("decision 2 2"))
    #expect(census.rows == 5)
  }

  @Test("on real runs census, values, filter and query agree on every field")
  func agreement() throws {
    for index in try ExplorerHarness.samples.get().indexes {
      let census = FieldCensus(index)
      #expect(census.entries.count > 15)
      for entry in census.entries {
        let values = FieldValues(entry.field, of: index)
        #expect(values.distinct == entry.values, "\(entry.name)")
        #expect(values.all.rows - values.absent.rows == entry.rows, "\(entry.name)")
        for value in values.values.prefix(3) {
          let clause = ClauseText.equals(entry.field, value.text)
          let result = try evaluate(try Query(parsing: clause), in: index, context: QueryContext())
          guard case .rows(let rows) = result else { continue }
          #expect(rows.count == value.tally.rows, "\(clause)")
        }
      }
    }
  }
}
