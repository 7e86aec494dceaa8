import ArgumentParser
import TraceIndex
import TraceQuery

/// Which rows a command looks at.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Look only at rows that QUERY keeps, such as 'is:deny service:payments'.",
      valueName: "query"))
  var filter: String?

  /// The rows that the filter keeps; nil without a filter.
  ///
  /// - Throws: `QueryProblem`.
  func rows(in index: TraceIndex, isOneOfSeveral: Bool) throws(QueryProblem) -> RowSet? {
    guard let filter else { return nil }
    let query = try QueryProblem.parse(filter)
    if query.yieldsTable { throw .notRows(filter) }
    switch try QueryProblem.evaluate(query, filter, in: index, isOneOfSeveral: isOneOfSeveral) {
    case .rows(let rows): return rows
    case .ordered(let rows): return RowSet(rowCount: index.rowCount, rows)
    case .table: throw .notRows(filter)
    }
  }
}

/// What is wrong with a query, shown under its text.
enum QueryProblem: Error, Equatable {
  case wrong(QueryError, in: String)
  case notRows(String)

  static func parse(_ text: String) throws(QueryProblem) -> Query {
    do throws(QueryError) { return try Query(parsing: text) } catch {
      throw .wrong(error, in: text)
    }
  }

  /// Evaluates a query; of several runs one may well lack an attribute that others have.
  static func evaluate(
    _ query: Query, _ text: String, in index: TraceIndex, isOneOfSeveral: Bool
  ) throws(QueryProblem) -> QueryResult {
    do throws(QueryError) {
      return try TraceQuery.evaluate(
        query, in: index, context: QueryContext(allowsAbsentAttributes: isOneOfSeveral))
    } catch {
      throw .wrong(error, in: text)
    }
  }
}

extension QueryProblem: CustomStringConvertible {
  var description: String {
    switch self {
    case .wrong(let error, let text): "the query is wrong\n" + error.rendered(in: text)
    case .notRows(let text):
      "'\(text)' makes a table, and a filter keeps rows; use 'vestige trace query' for tables"
    }
  }
}
