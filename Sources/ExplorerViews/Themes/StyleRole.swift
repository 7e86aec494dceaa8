/// What a piece of the screen means; a theme says how that looks.
///
/// Names have the form `family.member`: what a theme does not say about `header.key` it takes from
/// `header`, and what it does not say about `header` from `text`.
package enum StyleRole: String, CaseIterable, Hashable, Sendable {
  /// Everything that has no other role; the background of the whole screen.
  case text
  /// What matters less: units, hints, repeated values.
  case textDim = "text.dim"
  /// What matters more: the answer at the top of a screen.
  case textStrong = "text.strong"
  /// The first row.
  case header
  /// Names within the first row and headings in the help.
  case headerKey = "header.key"
  /// The headings of columns.
  case columns
  /// The last row.
  case footer
  /// Keys within the last row.
  case footerKey = "footer.key"
  /// Facts in force, such as "sealed" and "filtered".
  case status
  /// Where a line of text is typed.
  case prompt
  /// What the program says.
  case message
  /// Keys in the help.
  case helpKey = "help.key"
  /// Rules and frames.
  case border
  /// The titles in rules.
  case title

  /// The row the cursor is on.
  case selection
  /// The same in a pane that has not the keys.
  case selectionInactive = "selection.inactive"
  /// Text that was searched for.
  case searchMatch = "search.match"
  /// Control, bidirectional and other characters that are shown in an escaped form.
  case hidden

  /// A filter that can be used.
  case filterValid = "filter.valid"
  /// A filter with a mistake.
  case filterInvalid = "filter.invalid"

  /// A failure.
  case error
  /// Something to look at.
  case warning
  /// A denied decision.
  case denied
  /// An allowed decision.
  case allowed

  /// Only in the second run.
  case added
  /// Only in the first run.
  case removed
  /// In both, but not the same.
  case changed

  /// Time a span worked itself.
  case barSelf = "bar.self"
  /// Time a span waited for its children.
  case barWait = "bar.wait"
  /// Time on the critical path.
  case barCritical = "bar.critical"
  /// Small charts.
  case sparkline

  /// A grant of the policy.
  case policyGrant = "policy.grant"
  /// A grant that this step added.
  case policyNew = "policy.new"
  /// A grant nobody used.
  case policyUnused = "policy.unused"

  /// A row somebody marked.
  case mark
  /// Where a fact comes from: file, line, byte.
  case source

  /// A service's colour; services take them in turn.
  case service0 = "service.0"
  /// A service's colour.
  case service1 = "service.1"
  /// A service's colour.
  case service2 = "service.2"
  /// A service's colour.
  case service3 = "service.3"
  /// A service's colour.
  case service4 = "service.4"
  /// A service's colour.
  case service5 = "service.5"
  /// A service's colour.
  case service6 = "service.6"
  /// A service's colour.
  case service7 = "service.7"

  /// The colours of services, in the order in which they are given out.
  package static let services: [StyleRole] = [
    .service0, .service1, .service2, .service3, .service4, .service5, .service6, .service7,
  ]

  /// Whether the role is laid over text that has one already, so that what the theme does not say
  /// is left as it is rather than taken from `text`.
  package var isOverlay: Bool {
    switch self {
    case .selection, .selectionInactive, .searchMatch, .hidden: true
    default: false
    }
  }

  /// Every name a theme may give a style to: the roles and the families they belong to.
  static let names: Set<String> = Set(
    allCases.flatMap { role in
      role.rawValue.firstIndex(of: ".").map { [role.rawValue, String(role.rawValue[..<$0])] }
        ?? [role.rawValue]
    })
}
