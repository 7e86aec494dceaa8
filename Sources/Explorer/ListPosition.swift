/// Which line of a list is selected, and which is at the top of the screen.
package struct ListPosition: Hashable, Sendable {
  package private(set) var selected = 0
  package private(set) var top = 0

  package init() {}

  /// Moves as a command says; false when the command is not about moving.
  ///
  /// - Parameters:
  ///   - count: lines in the list.
  ///   - height: lines on the screen.
  package mutating func move(_ command: Command, count: Int, height: Int) -> Bool {
    let page = max(1, height - 1)
    switch command {
    case .down: select(selected + 1, count: count, height: height)
    case .up: select(selected - 1, count: count, height: height)
    case .pageDown: scroll(page, count: count, height: height)
    case .pageUp: scroll(-page, count: count, height: height)
    case .halfPageDown: scroll(max(1, height / 2), count: count, height: height)
    case .halfPageUp: scroll(-max(1, height / 2), count: count, height: height)
    case .first: select(0, count: count, height: height)
    case .last: select(count - 1, count: count, height: height)
    case .centre:
      top = max(0, min(selected - height / 2, count - height))
    default: return false
    }
    return true
  }

  /// Selects a line, and scrolls no further than needed to show it.
  package mutating func select(_ line: Int, count: Int, height: Int) {
    selected = max(0, min(line, count - 1))
    if selected < top { top = selected }
    if selected >= top + height { top = selected - height + 1 }
    top = max(0, min(top, count - max(1, height)))
  }

  /// Selects a line and shows it away from the edges, as after a jump.
  package mutating func jump(to line: Int, count: Int, height: Int) {
    let isVisible = line >= top && line < top + height
    select(line, count: count, height: height)
    if !isVisible { _ = move(.centre, count: count, height: height) }
  }

  /// Selects the line that the selected one has become, at the same place of the screen.
  package mutating func follow(to line: Int, count: Int, height: Int) {
    top = max(0, line - (selected - top))
    select(line, count: count, height: height)
  }

  /// The lines that the screen shows.
  package func visible(count: Int, height: Int) -> Range<Int> {
    let first = max(0, min(top, count))
    return first..<max(first, min(count, first + height))
  }

  private mutating func scroll(_ lines: Int, count: Int, height: Int) {
    top = max(0, min(top + lines, count - max(1, height)))
    select(selected + lines, count: count, height: height)
  }
}
