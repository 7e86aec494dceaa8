/// The resources that a grant reaches.
///
/// `matches` alone says which; what a dialect prints is tested against it.
package enum ResourcePattern: Hashable, Sendable {
  /// The resource of exactly this name.
  case exact(Name)
  /// Every resource whose name begins with this one.
  case prefix(Name)
  /// What AWS's wildcards in this text match.
  case wildcards(Name)
  /// Every resource whose name is one of these paths.
  case paths([PathPattern])
  /// Every resource.
  case all

  /// Whether the grant reaches `resource`.
  package func matches(_ resource: Name) -> Bool {
    switch self {
    case .exact(let name): name == resource
    case .prefix(let name): resource.hasPrefix(name.text)
    case .wildcards(let text): ResourcePattern.wildcards(text, match: resource)
    case .paths(let patterns): patterns.contains { $0.matches(resource) }
    case .all: true
    }
  }

  /// The name or pattern as it is shown, not yet safe for a terminal.
  package var text: String {
    switch self {
    case .exact(let name), .wildcards(let name): name.text
    case .prefix(let name): name.text + "*"
    case .paths(let patterns): patterns.map(\.text).joined(separator: ", ")
    case .all: "*"
    }
  }

  /// Names are patterns themselves in AWS: a call on what it makes is recorded as `instance/*`.
  private static func wildcards(_ text: Name, match resource: Name) -> Bool {
    // What stands before the first special sign must stand there, too; most names end here.
    let start = text.utf8.prefix { !"*?$".utf8.contains($0) }
    guard resource.utf8.starts(with: start) else { return false }
    let rest = text.utf8.dropFirst(start.count)
    if rest.count == 1, rest.first == UInt8(ascii: "*") { return true }
    return IAMPattern(text.text).covers(IAMPattern(resource.text))
  }
}

/// Names by their segments between slashes.
package struct PathPattern: Hashable, Sendable {
  package enum Segment: Hashable, Sendable {
    case text(Name)
    /// Any one segment that is not empty.
    case one
    /// Any number of segments, none included; only the last.
    case rest
    /// Any even number of segments, none included; only the last.
    case pairs
  }

  package let segments: [Segment]

  package init(_ segments: [Segment]) { self.segments = segments }

  /// Below `name`, and itself.
  package init(below name: Name) { segments = name.segments.map(Segment.text) + [.rest] }

  package func matches(_ name: Name) -> Bool {
    let others = name.segments
    let isOpen = segments.last == .rest || segments.last == .pairs
    let fixed = isOpen ? segments.dropLast() : segments[...]
    let more = others.count - fixed.count
    guard isOpen ? more >= 0 : more == 0, segments.last != .pairs || more.isMultiple(of: 2)
    else { return false }
    return zip(fixed, others).allSatisfy { segment, other in
      switch segment {
      case .text(let name): name == other
      case .one, .rest, .pairs: !other.isEmpty
      }
    }
  }

  /// `projects/shop/secrets/*`, `namespaces/shop/pods/**`.
  package var text: String {
    segments.map { segment in
      switch segment {
      case .text(let name): name.text
      case .one: "*"
      case .rest, .pairs: "**"
      }
    }.joined(separator: "/")
  }
}
