/// A place in a buffer of JSON, and what a line end there means.
package struct JSONCursor: Sendable {
  /// The next byte to be read.
  package var position: Int
  package var lines: LineRule

  package init(position: Int = 0, lines: LineRule = LineRule()) {
    self.position = position
    self.lines = lines
  }
}

/// Whether values may contain line ends, and whether one was seen.
///
/// In an artifact of one value a line, a line end between tokens is where a value was cut.
package struct LineRule: Sendable {
  /// Values end where their line ends.
  package var endsValues = false
  /// A line end was passed between tokens; only ever set.
  package var wasCrossed = false

  package init() {}
}
