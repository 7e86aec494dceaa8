import PolicyAnalysis
import TraceModel

/// What would be written to a file, and what that changes; nothing is written before it was shown.
package struct ExportPreview: Sendable {
  package struct Line: Sendable, Equatable {
    package enum Kind: Sendable {
      /// About the change.
      case fact
      /// About what the change breaks.
      case warning
      /// A line of the file that comes, goes or stays.
      case added, removed, kept
    }

    package let kind: Kind
    /// Not yet safe for a terminal.
    package let text: String
  }

  package let path: String
  package let text: String
  /// What is in the file now; nil when there is none.
  package let replaced: String?
  package let lines: [Line]

  init(
    _ policy: GeneratedPolicy, to path: String, replacing replaced: String?, edits: [Line]
  ) {
    self.path = path
    self.replaced = replaced
    text = policy.document
    let difference = LineDifference(from: replaced ?? "", to: policy.document)
    let count = QuantityText.count(difference.newCount)
    let fact: String
    switch replaced {
    case nil: fact = "\(path): a new file of \(count) lines"
    case policy.document: fact = "\(path): is there, and stays as it is"
    default:
      fact =
        "\(path): is there, and is replaced: \(QuantityText.count(difference.added)) lines added, "
        + "\(QuantityText.count(difference.removed)) removed, of \(count)"
    }
    lines =
      [
        Line(kind: .fact, text: "Nothing is written yet. X writes it, q goes back."),
        Line(kind: .fact, text: fact),
      ] + edits + [
        Line(
          kind: policy.replay.isExact ? .fact : .warning,
          text: "\(policy.dialect.title): \(policy.replay.sentence)"),
        Line(kind: .fact, text: ""),
      ] + difference.lines
  }
}

/// Two texts, line by line.
struct LineDifference {
  /// Lines of what stays that are shown around a change.
  private static let context = 3
  /// Changed lines beyond which texts are not compared: it would take seconds.
  private static let limit = 2_000

  let lines: [ExportPreview.Line]
  let added: Int
  let removed: Int
  let newCount: Int

  init(from old: String, to new: String) {
    let (before, after) = (LineDifference.split(old), LineDifference.split(new))
    newCount = after.count
    let head = zip(before, after).prefix { $0 == $1 }.count
    let tail = zip(before[head...].reversed(), after[head...].reversed()).prefix { $0 == $1 }.count
    let gone = Array(before[head..<before.count - tail])
    let come = Array(after[head..<after.count - tail])
    var all: [ExportPreview.Line] = before[..<head].map { .init(kind: .kept, text: $0) }
    if max(gone.count, come.count) > LineDifference.limit || gone.isEmpty || come.isEmpty {
      all += gone.map { .init(kind: .removed, text: $0) }
      all += come.map { .init(kind: .added, text: $0) }
    } else {
      all += LineDifference.merged(gone, come)
    }
    all += before[(before.count - tail)...].map { .init(kind: .kept, text: $0) }
    added = all.count { $0.kind == .added }
    removed = all.count { $0.kind == .removed }
    lines = before.isEmpty ? all : LineDifference.shortened(all)
  }

  private static func split(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func merged(_ before: [String], _ after: [String]) -> [ExportPreview.Line] {
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [ExportPreview.Line] = []
    var (old, new) = (0, 0)
    while old < before.count || new < after.count {
      if removed.contains(old) {
        lines.append(.init(kind: .removed, text: before[old]))
        old += 1
      } else if inserted.contains(new) {
        lines.append(.init(kind: .added, text: after[new]))
        new += 1
      } else {
        lines.append(.init(kind: .kept, text: before[old]))
        old += 1
        new += 1
      }
    }
    return lines
  }

  /// Leaves out what stays, away from what changes, and says how much.
  private static func shortened(_ lines: [ExportPreview.Line]) -> [ExportPreview.Line] {
    let changed = lines.indices.filter { lines[$0].kind != .kept }
    var shown = [Bool](repeating: false, count: lines.count)
    for place in changed {
      for near in max(0, place - context)...min(lines.count - 1, place + context) {
        shown[near] = true
      }
    }
    var short: [ExportPreview.Line] = []
    var hidden = 0
    func told() -> [ExportPreview.Line] {
      hidden == 0
        ? [] : [.init(kind: .fact, text: "… \(QuantityText.count(hidden)) lines the same")]
    }
    for (place, line) in lines.enumerated() {
      if shown[place] {
        short += told() + [line]
        hidden = 0
      } else {
        hidden += 1
      }
    }
    return short + told()
  }
}
