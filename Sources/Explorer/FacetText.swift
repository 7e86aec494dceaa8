import TraceModel
package import TraceQuery

/// Fields as the list of fields shows them.
package enum FacetText {
  /// The field as a query names it, not safe to show.
  package static func name(_ field: Field) -> String { ClauseText.name(field) }

  /// What it is, in one clause.
  package static func help(_ field: Field) -> String {
    switch field {
    case .known(let known): known.help
    case .attribute(let scope, _):
      switch scope {
      case .span: "attribute of spans"
      case .resource: "attribute of what emitted the row"
      case .event: "attribute of events"
      case .link: "attribute of links"
      case .authz: "detail of decisions"
      case .scope: "attribute of the instrumentation"
      }
    }
  }
}
