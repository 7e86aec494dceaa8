/// Which lines of the screen belong to what, from the top. The same for drawing and for paging.
package struct ScreenLayout: Sendable, Equatable {
  /// The smallest screen that can be used.
  package static let minimumWidth = 20
  package static let minimumHeight = 5

  package let header: Int
  /// Column titles, or the time axis.
  package let titles: Int?
  package let list: Range<Int>
  /// Empty where there is no room for it.
  package let detail: Range<Int>
  package let message: Int
  package let footer: Int

  /// The layout of a screen.
  ///
  /// - Parameter lines: how many lines the list has, for a list that gives what it does not need
  ///   to the lower part; nil for lists that take what they can get.
  package init(width: Int, height: Int, screen: ScreenKind, lines: Int? = nil) {
    header = 0
    footer = height - 1
    message = height - 2
    titles = ScreenLayout.titleLines(screen, height: height) > 0 ? 1 : nil
    let first = 1 + ScreenLayout.titleLines(screen, height: height)
    let room = max(0, message - first)
    let wanted =
      lines.map { room - min(max(3, $0 + 1), room / 2) }
      ?? ScreenLayout.detailLines(screen, room: room)
    let detailLines = room - wanted >= 3 ? wanted : 0
    list = first..<max(first, message - detailLines)
    detail = list.upperBound..<max(list.upperBound, message)
  }

  /// How many lines stay above the list while it scrolls.
  private static func titleLines(_ screen: ScreenKind, height: Int) -> Int {
    switch screen {
    case .executions, .traces, .waterfall, .facets, .policy, .diff, .diagnostics:
      height >= 8 ? 1 : 0
    case .matrix:
      MatrixGeometry.titleLines(height: height).heading
        + MatrixGeometry.titleLines(height: height).total
    case .events, .summary, .raw: 0
    }
  }

  /// How many lines the lower part asks for.
  private static func detailLines(_ screen: ScreenKind, room: Int) -> Int {
    switch screen {
    case .executions: room * 2 / 3
    case .traces, .diagnostics: room / 4
    case .waterfall: room * 2 / 5
    case .events: room / 2
    case .matrix: room >= 12 ? 5 : 2
    case .facets: room >= 12 ? 5 : 0
    case .policy: room * 2 / 5
    case .diff: room / 2
    case .summary, .raw: 0
    }
  }
}
