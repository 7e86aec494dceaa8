import TraceModel

/// A batch as text, every id resolved, so that two batches can be compared and read.
struct BatchText {
  private(set) var lines: [String] = []

  init(_ batch: borrowing RecordBatch) {
    for artifact in batch.artifacts {
      lines.append(
        "\(artifact.format) \(artifact.schemaVersions) read \(artifact.recordsRead), "
          + "refused \(artifact.recordsRefused), skipped \(artifact.recordsSkipped)")
    }
    for row in batch.rows.indices { add(row: row, of: batch) }
    for (index, resource) in batch.resources.elements.enumerated() {
      lines.append("resource \(index)")
      let first = Int(resource.firstAttribute)
      add(batch.resourceAttributes[first..<(first + Int(resource.attributeCount))], of: batch)
    }
    for kind in batch.diagnostics.kinds {
      guard let tally = batch.diagnostics.tallies[kind] else { continue }
      lines.append("\(kind.code.rawValue) ×\(tally.count) @\(tally.firstOffset) \(kind.detail)")
    }
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func add(row index: Int, of batch: borrowing RecordBatch) {
    let row = batch.rows[index]
    var words = ["\(row.kind.name) @\(row.offset)+\(row.length)"]
    if !row.trace.isNone { words.append("trace=\(row.trace)") }
    if !row.span.isNone { words.append("span=\(row.span)") }
    if !row.parentSpan.isNone { words.append("parent=\(row.parentSpan)") }
    words.append("start=\(row.start) duration=\(row.duration)")
    if row.kind == .span { words.append("\(row.spanKind.name) \(row.status.name)") }
    if row.kind == .decision { words.append(row.outcome.name) }
    if row.marks != [] { words.append("marks=\(row.marks.rawValue)") }
    let texts: [(String, StringID)] = [
      ("traceText", row.traceText), ("name", row.name), ("service", row.service),
      ("principal", row.principal), ("permission", row.permission), ("target", row.target),
      ("reason", row.reason), ("evaluator", row.evaluator), ("message", row.message),
      ("run", row.run),
    ]
    for (name, id) in texts where !id.isEmpty {
      words.append("\(name)=\(BatchText.quoted(batch.strings.string(id)))")
    }
    if row.resource != RecordBatch.noResource { words.append("resource=\(row.resource)") }
    lines.append(words.joined(separator: " "))
    let first = Int(row.firstAttribute)
    add(batch.attributes[first..<(first + Int(row.attributeCount))], of: batch)
    for (item, event) in batch.events.elements.enumerated() where Int(event.row) == index {
      let name = BatchText.quoted(batch.strings.string(event.name))
      lines.append("  event \(item) time=\(event.time) name=\(name)")
    }
    for (item, link) in batch.links.elements.enumerated() where Int(link.row) == index {
      lines.append("  link \(item) trace=\(link.trace) span=\(link.span)")
    }
  }

  private mutating func add(
    _ attributes: [RecordAttribute], of batch: borrowing RecordBatch
  ) {
    for attribute in attributes {
      let key = batch.keys[Int(attribute.key)]
      let item = attribute.item == 0 ? "" : "[\(attribute.item)]"
      lines.append(
        "  \(key.scope.name).\(batch.strings.string(key.name))\(item) "
          + "\(attribute.type)=\(BatchText.quoted(batch.strings.string(attribute.value)))")
    }
  }

  private static func quoted(_ text: String) -> String { text.debugDescription }
}
