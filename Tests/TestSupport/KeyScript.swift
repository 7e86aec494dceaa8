package import Terminal

/// What happens to a program under test: keys, and what only a terminal does.
///
/// Written as keys are (`jj<Enter>/DENY<Enter><Esc><C-d>`), with `<Resize 100x30>`, `<Wait>` (until
/// another thread wakes the device), `<Terminate>`, `<Hangup>` and `<Continue>` besides.
package struct KeyScript: ExpressibleByStringLiteral, Sendable {
  /// One thing that happens.
  package enum Step: Hashable, Sendable {
    /// A key is pressed or a signal arrives.
    case event(KeyEvent)
    /// The terminal takes another size and says so.
    case resize(Size)
    /// Nothing, until another thread uses the wake handle.
    case wait
  }

  /// What happens, in order.
  package let steps: [Step]

  /// Reads a script.
  ///
  /// - Throws: `KeyNotation.ParseError` when a bracketed name is unknown.
  package init(_ text: String) throws(KeyNotation.ParseError) {
    var steps: [Step] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "<") {
      steps += try KeyScript.keys(String(rest[..<open]))
      let close = rest[open...].firstIndex(of: ">").map { rest.index(after: $0) } ?? rest.endIndex
      steps += try KeyScript.bracketed(String(rest[open..<close]))
      rest = rest[close...]
    }
    steps += try KeyScript.keys(String(rest))
    self.steps = steps
  }

  /// A script known to be right; a mistake ends the test run with its description.
  package init(stringLiteral text: String) {
    do {
      try self.init(text)
    } catch {
      preconditionFailure(error.description)
    }
  }

  private static func keys(_ text: String) throws(KeyNotation.ParseError) -> [Step] {
    try KeyNotation.parse(text).map { .event($0) }
  }

  private static func bracketed(_ token: String) throws(KeyNotation.ParseError) -> [Step] {
    switch token {
    case "<Wait>": return [.wait]
    case "<Terminate>": return [.event(.terminate)]
    case "<Hangup>": return [.event(.hangup)]
    case "<Continue>": return [.event(.continued)]
    default: break
    }
    guard token.hasPrefix("<Resize ") else { return try keys(token) }
    let parts = token.dropFirst("<Resize ".count).dropLast().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1] else {
      throw KeyNotation.ParseError(offset: 0, text: token)
    }
    return [.resize(Size(width: width, height: height))]
  }
}
