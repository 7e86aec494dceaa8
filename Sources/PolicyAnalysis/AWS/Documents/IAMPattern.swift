/// Text with wildcards, as policy documents write resources and actions: `*` is any text, `?` any
/// one character, `${*}`, `${?}` and `${$}` the signs themselves.
struct IAMPattern: Hashable, Sendable {
  private enum Sign: Hashable, Sendable {
    case exactly(UInt32)
    case one
    case any
  }

  private var signs: [Sign] = []
  /// Whether it has a policy variable such as `${aws:username}`, whose value is not known here.
  private(set) var hasVariables = false

  init(_ text: String, ignoringCase: Bool = false, hasEscapes: Bool = true) {
    let scalars = Array(text.unicodeScalars)
    var position = 0
    while position < scalars.count {
      let scalar = scalars[position]
      if hasEscapes, scalar == "$", position + 1 < scalars.count, scalars[position + 1] == "{" {
        if position + 3 < scalars.count, scalars[position + 3] == "}",
          "*?$".unicodeScalars.contains(scalars[position + 2])
        {
          signs.append(.exactly(scalars[position + 2].value))
          position += 4
          continue
        }
        hasVariables = true
      }
      switch scalar {
      case "*": signs.append(.any)
      case "?": signs.append(.one)
      default: signs.append(.exactly(ignoringCase ? IAMPattern.lower(scalar) : scalar.value))
      }
      position += 1
    }
  }

  private static func lower(_ scalar: Unicode.Scalar) -> UInt32 {
    ("A"..."Z").contains(scalar) ? scalar.value + 32 : scalar.value
  }

  /// Whether everything that `other` matches is matched.
  ///
  /// A wildcard of `other` counts as a sign of its own, which only a wildcard takes: the answer may
  /// be no where cleverness would find yes, and never the other way round.
  func covers(_ other: IAMPattern) -> Bool {
    var mine = 0
    var theirs = 0
    var retry: (mine: Int, theirs: Int)?
    while theirs < other.signs.count {
      if mine < signs.count, signs[mine] == .any {
        retry = (mine + 1, theirs)
        mine += 1
      } else if mine < signs.count, IAMPattern.takes(signs[mine], other.signs[theirs]) {
        mine += 1
        theirs += 1
      } else if let last = retry {
        retry = (last.mine, last.theirs + 1)
        (mine, theirs) = (last.mine, last.theirs + 1)
      } else {
        return false
      }
    }
    return signs[mine...].allSatisfy { $0 == .any }
  }

  private static func takes(_ mine: Sign, _ theirs: Sign) -> Bool {
    mine == theirs || (mine == .one && theirs != .any)
  }

  /// Whether some text is matched by both.
  func overlaps(_ other: IAMPattern) -> Bool {
    // Which of their places can be reached after each of my signs.
    var reachable = [true] + [Bool](repeating: false, count: other.signs.count)
    IAMPattern.skipAny(other.signs, &reachable)
    for sign in signs {
      var next = [Bool](repeating: false, count: other.signs.count + 1)
      for place in reachable.indices where reachable[place] {
        if sign == .any { next[place] = true }
        guard place < other.signs.count else { continue }
        let theirs = other.signs[place]
        if theirs == .any { next[place] = true }
        if sign == .any || theirs == .any || sign == theirs || sign == .one || theirs == .one {
          next[place + 1] = true
        }
      }
      if sign == .any {
        for place in next.indices.dropFirst() where next[place - 1] { next[place] = true }
      }
      IAMPattern.skipAny(other.signs, &next)
      reachable = next
    }
    return reachable[other.signs.count]
  }

  /// An asterisk may stand for nothing.
  private static func skipAny(_ signs: [Sign], _ reachable: inout [Bool]) {
    for place in signs.indices where reachable[place] && signs[place] == .any {
      reachable[place + 1] = true
    }
  }

  /// `text` as a pattern that matches just it, as far as documents can say it.
  ///
  /// Documents take tab, line ends and U+0020 to U+00FF; any other character becomes `?`.
  static func literal(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "*", "?", "$": result += "${\(scalar)}"
      case "\t", "\n", "\r", "\u{20}"..."\u{FF}": result.unicodeScalars.append(scalar)
      default: result += "?"
      }
    }
  }
}
