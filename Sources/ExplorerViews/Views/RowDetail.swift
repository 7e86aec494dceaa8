import Explorer
import Terminal
import TraceIndex
import TraceModel

/// The lower part of waterfall and events: the selected row in full.
enum RowDetail {
  /// How a decision or log came to where it stands, for the end of a line: its own ids say so unless
  /// something is written here. A wide screen says it of every one.
  static func joinMark(_ row: Int, _ index: TraceIndex, width: Int) -> (String, StyleRole) {
    guard index.kind(row) != .span else { return ("", .textDim) }
    let join = index.join(row)
    let role: StyleRole = join.method.isInferred || join.method == .ambiguous ? .warning : .textDim
    if width >= 100 {
      let confidence = join.method.isInferred ? " \(join.confidence)" : ""
      return ("\(join.method.name)\(confidence)", role)
    }
    if join.method == .ambiguous { return ("~?", role) }
    return (join.method.isInferred ? "~\(join.confidence)" : "", role)
  }

  /// One line: a label and a value, or a value alone.
  struct Line {
    var label = ""
    var text: String
    var role = StyleRole.text
  }

  static func draw(_ row: Int, _ index: TraceIndex, _ rows: Range<Int>, on canvas: inout Canvas) {
    guard let first = rows.first else { return }
    canvas.rule(row: first, title: title(row, index))
    let lines = lines(for: row, index)
    let room = rows.count - 1
    let shown = lines.count > room ? max(0, room - 1) : room
    for (line, row) in zip(lines.prefix(shown), (first + 1)...) {
      draw(line, row: row, on: &canvas)
    }
    if lines.count > room && room > 0 {
      canvas.put(
        "\(lines.count - shown) more: r shows the record", row: first + 1 + shown, column: 2,
        role: .textDim)
    }
  }

  static func draw(_ line: Line, row: Int, on canvas: inout Canvas) {
    guard !line.label.isEmpty else {
      canvas.put(line.text, row: row, column: 2, role: line.role, limit: canvas.width - 3)
      return
    }
    let column = canvas.put(
      line.label, row: row, column: 2, role: .textDim, limit: canvas.width / 2)
    canvas.put(
      line.text, row: row, column: max(14, column + 2), role: line.role,
      limit: canvas.width - max(14, column + 2) - 1)
  }

  private static func title(_ row: Int, _ index: TraceIndex) -> String {
    let name = index.text(index.name(row))
    return index.kind(row) == .span ? name : "\(index.kind(row).name) \(name)"
  }

  static func lines(for row: Int, _ index: TraceIndex) -> [Line] {
    var body = index.kind(row) == .decision ? decision(row, index) : span(row, index)
    body.insert(contentsOf: join(row, index), at: min(1, body.count))
    return body + events(row, index) + links(row, index) + attributes(row, index) + [
      source(row, index)
    ]
  }

  private static func span(_ row: Int, _ index: TraceIndex) -> [Line] {
    let marks = index.marks(row)
    var first = [
      index.text(index.service(row)),
      index.spanKind(row) == .unspecified ? "" : index.spanKind(row).name,
      durationText(index.duration(row)), "self \(durationText(index.selfTime(row)))",
    ]
    if let trace = index.trace(ofRow: row) {
      let offset = index.start(row).subtractingSaturating(index.traceRecord(trace).start)
      first.append(
        marks.contains(.timeMissing) ? "no start time" : "starts +\(durationText(offset))")
    }
    if marks.contains(.critical) { first.append("on the critical path") }
    var lines = [Line(text: first.filter { !$0.isEmpty }.joined(separator: "  "))]
    if index.status(row) != .unset || !index.message(row).isEmpty {
      lines.append(
        Line(
          label: "status",
          text: "\(index.status(row).name.uppercased())  \(index.text(index.message(row)))",
          role: index.status(row) == .error ? .error : .text))
    }
    if marks.contains(.orphan) {
      lines.append(
        Line(
          label: "orphan", text: "its parent \(index.parentSpanID(row)) is not in these artifacts",
          role: .warning))
    }
    return lines
  }

  private static func decision(_ row: Int, _ index: TraceIndex) -> [Line] {
    let outcome = index.outcome(row)
    let role: StyleRole = outcome.isDenial ? .denied : outcome == .allow ? .allowed : .warning
    var lines = [
      Line(
        label: "outcome",
        text: [
          outcome.name.uppercased(), index.text(index.reason(row)), index.text(index.message(row)),
        ]
        .filter { !$0.isEmpty }.joined(separator: "  "), role: role)
    ]
    lines.append(
      Line(label: "principal", text: ShortText.named(index.text(index.principal(row)))))
    for (label, id) in [
      ("permission", index.permission(row)),
      ("resource", index.target(row)), ("evaluator", index.evaluator(row)),
      ("service", index.service(row)),
    ] where !id.isEmpty {
      lines.append(Line(label: label, text: index.text(id)))
    }
    lines.append(Line(label: "at", text: timeText(index.start(row))))
    return lines
  }

  /// How a decision or log came to where it stands, unless its own ids say so.
  private static func join(_ row: Int, _ index: TraceIndex) -> [Line] {
    let join = index.join(row)
    switch join.method {
    case .none, .span: return []
    case .trace: return [Line(label: "place", text: "\(join.method.phrase); it names no span")]
    case .ambiguous: return [Line(label: "place", text: join.method.phrase, role: .warning)]
    case .request, .principal:
      return [
        Line(
          label: "place", text: "\(join.method.phrase), confidence \(join.confidence) of 100",
          role: .warning)
      ]
    }
  }

  private static func events(_ row: Int, _ index: TraceIndex) -> [Line] {
    index.events(ofRow: row).map { number in
      let event = index.event(number)
      let details = index.attributes(ofRow: row)
        .filter { $0.scope == .event && $0.item == number }
        .map { "\(index.text($0.key))=\(index.text($0.value))" }
      return Line(
        label: "event", text: ([index.text(event.name)] + details).joined(separator: "  "),
        role: index.text(event.name) == "exception" ? .error : .text)
    }
  }

  private static func links(_ row: Int, _ index: TraceIndex) -> [Line] {
    index.links(ofRow: row).map { number in
      let link = index.link(number)
      let known = index.trace(with: link.trace) != nil
      return Line(
        label: "link",
        text: "span \(link.span) of trace \(link.trace)"
          + (known ? "" : " (not in these artifacts)"))
    }
  }

  private static func attributes(_ row: Int, _ index: TraceIndex) -> [Line] {
    index.attributes(ofRow: row)
      .filter { $0.scope != .event && $0.scope != .link }
      .sorted { order($0.scope) < order($1.scope) }
      .map { attribute in
        let scope = attribute.scope == .span ? "" : attribute.scope.name + "."
        return Line(label: scope + index.text(attribute.key), text: index.text(attribute.value))
      }
  }

  /// The row's own attributes come before those of what emitted it.
  private static func order(_ scope: AttributeScope) -> Int {
    switch scope {
    case .span, .authz: 0
    case .event, .link: 1
    case .resource: 2
    case .scope: 3
    }
  }

  private static func source(_ row: Int, _ index: TraceIndex) -> Line {
    let artifact = index.artifact(ofRow: row)
    let path = index.artifacts.indices.contains(artifact) ? index.artifacts[artifact].path : "?"
    return Line(
      label: "source",
      text: "\(visibleText(path))  byte \(count(Int(clamping: index.byteOffset(ofRow: row))))",
      role: .textDim)
  }
}
