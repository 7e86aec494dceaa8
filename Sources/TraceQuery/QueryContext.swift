/// What a query may speak of and the index does not know.
package struct QueryContext: Sendable {
  /// Sets of rows with a name, by field and name: `labels["is"]?["marked"]`, and those of `diff`,
  /// `policy.stmt`, `mark` and `tag`.
  ///
  /// A field that is not a key here is not available.
  package var labels: [String: [String: RowSet]]
  /// Further names of the execution for `run`, such as `A` and `B` while two are compared.
  package var runNames: [String]
  /// Whether an attribute that no row of the execution has is simply absent.
  ///
  /// Otherwise it is an error, because it is most often misspelt; of two runs one may well lack it.
  package var allowsAbsentAttributes: Bool

  /// A context that knows what it is given.
  package init(
    labels: [String: [String: RowSet]] = [:], runNames: [String] = [],
    allowsAbsentAttributes: Bool = false
  ) {
    self.labels = labels
    self.runNames = runNames
    self.allowsAbsentAttributes = allowsAbsentAttributes
  }
}
