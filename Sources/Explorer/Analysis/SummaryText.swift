import Reports
import TraceAnalysis
import TraceIndex
import TraceModel

/// A summary as lines to scroll through: headings, facts and aligned tables.
package enum SummaryText {
  package enum Role: Sendable {
    case heading, plain, bad, failing, good, dim
  }

  package struct Line: Sendable, Equatable {
    package let text: String
    package let role: Role
  }

  /// Rows of a table that are shown; the rest is counted.
  private static let shown = 20

  /// - Parameter width: columns; sentences that are longer go on in the next line.
  static func lines(of summary: ExecutionSummary, width: Int) -> [Line] {
    var lines = summary.headlines.map { Line(headline: $0) } + totals(summary)
    lines = lines.flatMap { wrapped($0, width: width) }
    lines += services(summary, width) + operations(summary, width) + latencies(summary)
    lines += denials(summary, width) + principals(summary, width)
    lines += joins(summary, width) + clocks(summary, width)
    lines += quality(summary).flatMap { wrapped($0, width: width) } + artifacts(summary, width)
    return lines
  }

  /// A sentence over as many lines as it needs, all but the first indented.
  private static func wrapped(_ line: Line, width: Int) -> [Line] {
    let limit = max(10, width)
    var lines: [String] = []
    var rest = line.text[...]
    while let cut = firstBeyond(limit - (lines.isEmpty ? 0 : 2), in: rest) {
      let space = rest[..<cut].lastIndex(of: " ").flatMap { $0 > rest.startIndex ? $0 : nil }
      let end = space ?? cut
      lines.append((lines.isEmpty ? "" : "  ") + rest[..<end])
      rest = rest[end...].drop { $0 == " " }
    }
    lines.append((lines.isEmpty ? "" : "  ") + rest)
    return lines.map { Line(text: $0, role: line.role) }
  }

  /// The first character that has no room; nil when all have. What may be two columns wide counts
  /// as two.
  private static func firstBeyond(_ width: Int, in text: Substring) -> Substring.Index? {
    var columns = 0
    for place in text.indices {
      columns += text[place].unicodeScalars.first.map { $0.value >= 0x1100 } ?? false ? 2 : 1
      if columns > width { return place }
    }
    return nil
  }

  private static func totals(_ summary: ExecutionSummary) -> [Line] {
    let totals = summary.totals
    let spread = totals.end.subtractingSaturating(totals.start)
    let hasTime = totals.start != 0 || totals.end != 0
    func count(_ number: Int) -> String { QuantityText.count(number) }
    return heading("Totals") + [
      plain(
        hasTime
          ? "from \(Timestamp.dateTime(nanoseconds: totals.start, fractionDigits: 3)) UTC, "
            + "lasted \(QuantityText.duration(spread))" : "no row has a time"),
      plain(
        "\(count(totals.traces)) traces, \(count(totals.spans)) spans, "
          + "\(count(totals.errors)) of them failed, \(count(totals.logs)) logs"),
      plain(
        "\(count(totals.decisions)) decisions: \(count(totals.allowed)) allowed, "
          + "\(count(totals.denied)) denied, \(count(totals.decisionErrors)) came to no decision"),
    ]
  }

  private static func services(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    table(
      "Services", width, ["SERVICE", "SPANS", "ERRORS", "P50", "P95", "SELF TIME"],
      summary.services.map { service in
        (
          [
            service.name, QuantityText.count(service.spans.count),
            QuantityText.count(service.spans.errors),
            QuantityText.duration(service.spans.durations.p50),
            QuantityText.duration(service.spans.durations.p95), service.selfTimeShare.description,
          ], service.spans.errors > 0 ? .failing : .plain
        )
      })
  }

  private static func operations(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    table(
      "Operations, failing and slow first", width,
      ["OPERATION", "CALLS", "ERRORS", "P50", "P95", "MAX"],
      summary.operations.map { operation in
        (
          [
            operation.service + " " + operation.name, QuantityText.count(operation.spans.count),
            QuantityText.count(operation.spans.errors),
            QuantityText.duration(operation.spans.durations.p50),
            QuantityText.duration(operation.spans.durations.p95),
            QuantityText.duration(operation.spans.durations.maximum),
          ], operation.spans.errors > 0 ? .failing : .plain
        )
      })
  }

  private static func latencies(_ summary: ExecutionSummary) -> [Line] {
    let buckets = summary.durations.buckets
    guard let largest = buckets.map(\.count).max(), largest > 0 else { return [] }
    return heading("Durations of spans")
      + buckets.map { bucket in
        let label = bucket.upperBound.map { "below " + QuantityText.duration($0) } ?? "longer"
        let bar = String(
          repeating: "#", count: max(bucket.count > 0 ? 1 : 0, bucket.count * 40 / largest))
        return plain(
          padded(label, 16) + padded(QuantityText.count(bucket.count), 10, right: true) + "  " + bar
        )
      }
  }

  private static func denials(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    let clock = ClockFormat([summary.totals], digits: 0)
    return table(
      "Denied", width, ["PRINCIPAL  PERMISSION  RESOURCE", "DENIED", "ALLOWED", "FIRST", "LAST"],
      summary.denials.map { group in
        (
          [
            "\(ShortText.principal(group.principal))  \(group.permission)  \(group.target)",
            QuantityText.count(group.denied), QuantityText.count(group.allowed),
            clock.text(group.first),
            clock.text(group.last),
          ], .bad
        )
      })
  }

  private static func principals(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    table(
      "Principals", width, ["PRINCIPAL", "ALLOWED", "DENIED", "UNDECIDED", "PERMISSIONS"],
      summary.principals.map { subject in
        (
          [
            ShortText.named(subject.name),
            QuantityText.count(subject.counts.allowed),
            QuantityText.count(subject.counts.denied), QuantityText.count(subject.counts.undecided),
            QuantityText.count(subject.counterparts),
          ], subject.counts.denied > 0 ? .bad : .plain
        )
      })
  }

  private static func joins(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    table(
      "Decisions and logs joined with traces", width, ["JOIN", "DECISIONS", "LOGS", "CONFIDENCE"],
      summary.joins.ways.map { way in
        let range = way.confidence
        let confidence =
          range.lowerBound == range.upperBound
          ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        return (
          [
            "\(way.method.name): \(way.method.phrase)", QuantityText.count(way.decisions),
            QuantityText.count(way.logs), way.method.isJoined ? confidence : "-",
          ], way.method == .ambiguous ? .failing : .plain
        )
      })
  }

  private static func clocks(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    table(
      "Clocks that disagree; no time was changed", width,
      ["SERVICE, CALLED BY", "BEHIND BY", "AT LEAST", "AT MOST", "CALLS", "CONTRADICT"],
      summary.clocks.map { clock in
        (
          [
            "\(clock.service), \(clock.caller)", QuantityText.duration(clock.estimate),
            clock.bounds.map { QuantityText.duration($0.lowerBound) } ?? "varies",
            clock.bounds.map { QuantityText.duration($0.upperBound) } ?? "varies",
            QuantityText.count(clock.calls), QuantityText.count(clock.contradictions),
          ], .failing
        )
      })
  }

  private static func quality(_ summary: ExecutionSummary) -> [Line] {
    let quality = summary.quality
    var lines = quality.findings.filter { $0.count > 0 }.map {
      plain(padded(QuantityText.count($0.count), 10, right: true) + "  " + $0.name)
    }
    for problem in quality.problems.prefix(shown) {
      lines.append(
        Line(
          text: padded(QuantityText.count(problem.count), 10, right: true)
            + "  \(problem.code.meaning): \(problem.detail) (\(problem.artifact), first at byte "
            + "\(QuantityText.count(problem.firstOffset)))",
          role: problem.code.severity == .refused ? .bad : .dim))
    }
    if lines.isEmpty { lines = [Line(text: "Nothing is wrong with the data.", role: .good)] }
    return heading("Data quality") + lines
  }

  private static func artifacts(_ summary: ExecutionSummary, _ width: Int) -> [Line] {
    table(
      "Artifacts", width, ["ARTIFACT", "FORMAT", "SIZE", "READ", "REFUSED", "SKIPPED"],
      summary.artifacts.map { artifact in
        (
          [
            artifact.path, artifact.format.isEmpty ? "unknown" : artifact.format,
            QuantityText.bytes(artifact.size), QuantityText.count(artifact.recordsRead),
            QuantityText.count(artifact.recordsRefused),
            QuantityText.count(artifact.recordsSkipped),
          ], artifact.recordsRefused > 0 ? .bad : .plain
        )
      })
  }

  // MARK: Text

  private static func heading(_ text: String) -> [Line] {
    [Line(text: "", role: .plain), Line(text: text, role: .heading)]
  }

  private static func plain(_ text: String) -> Line { Line(text: text, role: .plain) }

  private static func table(
    _ title: String, _ width: Int, _ columns: [String], _ rows: [(cells: [String], role: Role)]
  ) -> [Line] {
    guard !rows.isEmpty else { return [] }
    let shownRows = rows.prefix(shown).map { (cells: $0.cells.map(visibleText), role: $0.role) }
    let widths = columns.indices.map { column in
      ([columns[column]] + shownRows.map(\.cells[column])).map(\.count).max() ?? 0
    }
    // The first column is words, and gives way to the others, which are figures.
    let words = min(widths[0], max(12, width - widths.dropFirst().reduce(0) { $0 + $1 + 2 }))
    func line(_ cells: [String]) -> String {
      cells.indices.map {
        $0 == 0
          ? padded(cut(cells[0], to: words), words) : padded(cells[$0], widths[$0], right: true)
      }
      .joined(separator: "  ")
    }
    var lines = heading(title) + [Line(text: line(columns), role: .dim)]
    lines += shownRows.map { Line(text: line($0.cells), role: $0.role) }
    if rows.count > shown { lines.append(Line(text: "and \(rows.count - shown) more", role: .dim)) }
    return lines
  }

  /// A text without its end, when it is longer than `width`; a path, whose end says most, without
  /// its middle.
  private static func cut(_ text: String, to width: Int) -> String {
    guard text.count > width else { return text }
    guard text.contains("/") else { return text.prefix(width - 1) + "…" }
    return text.prefix(width / 2) + "…" + text.suffix(width - width / 2 - 1)
  }

  private static func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return right ? space + text : text + space
  }
}

extension SummaryText.Line {
  init(headline: Headline) {
    let role: SummaryText.Role =
      switch headline.kind {
      case .denied, .cause: .bad
      case .failing, .unread: .failing
      case .healthy: .good
      case .slow, .differences: .plain
      }
    self.init(text: visibleText(headline.text) + ".", role: role)
  }
}
