import Foundation
import Testing
import TraceModel
import TraceReaders

/// Feeds `bytes` to a reader of `type` as `Ingestion` does, `chunk` more bytes at a time.
func read(
  _ bytes: [UInt8], with type: any TraceReader.Type, chunk: Int
) -> RecordBatch {
  var batch = RecordBatch()
  batch.artifacts.append(ArtifactRecord(path: "fixture"))
  var reader = type.init(artifact: 0)
  var start = 0
  var end = min(chunk, bytes.count)
  while true {
    let buffer = Array(bytes[start..<end])
    let isFinal = end == bytes.count
    let consumed = reader.read(buffer.span.bytes, isFinal: isFinal, into: &batch)
    if consumed < 0 || consumed > buffer.count || (isFinal && consumed != buffer.count) {
      Issue.record("consumed \(consumed) of \(buffer.count) bytes at \(start)")
      return batch
    }
    if isFinal { return batch }
    start += consumed
    end = min(end + chunk, bytes.count)
  }
}

/// Reads a text as one piece.
func read(_ text: String, with type: any TraceReader.Type) -> RecordBatch {
  read(Array(text.utf8), with: type, chunk: .max / 2)
}

/// Whether the format takes `bytes` for its own.
func sniff(_ bytes: [UInt8], with type: any TraceReader.Type) -> Bool {
  type.sniff(bytes.span.bytes)
}

/// The bytes of a file of `Fixtures`.
func fixture(_ name: String, filePath: String = #filePath) throws -> [UInt8] {
  let folder = URL(filePath: filePath).deletingLastPathComponent().appending(path: "Fixtures")
  return Array(try Data(contentsOf: folder.appending(path: name)))
}

extension RecordBatch {
  /// The columns of every row, for tests that look at few of them.
  var outcomes: [Outcome] { rows.elements.map(\.outcome) }

  func text(_ id: StringID) -> String { strings.string(id) }

  /// The count of each diagnostic, by code and detail.
  var tallies: [String: UInt64] {
    var tallies: [String: UInt64] = [:]
    for (kind, tally) in diagnostics.tallies {
      tallies["\(kind.code.rawValue) \(kind.detail)", default: 0] += tally.count
    }
    return tallies
  }

  /// The values of a row's attributes with that key, in order.
  func values(_ scope: TraceModel.AttributeScope, _ name: String, row: Int) -> [String] {
    let first = Int(rows[row].firstAttribute)
    return attributes[first..<(first + Int(rows[row].attributeCount))].compactMap {
      let key = keys[Int($0.key)]
      return key.scope == scope && text(key.name) == name ? text($0.value) : nil
    }
  }
}

/// The lines of a fixture with the keys of all objects sorted.
func sortedKeys(of name: String) throws -> String {
  try fixture(name).split(separator: 0x0A).map { line in
    let value = try JSONSerialization.jsonObject(with: Data(line))
    let sorted = try JSONSerialization.data(
      withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: sorted, as: UTF8.self)
  }.joined(separator: "\n")
}

/// Compares rows in everything but their places.
func expectSameRows(_ found: borrowing RecordBatch, _ expected: borrowing RecordBatch) {
  #expect(found.artifacts == expected.artifacts)
  #expect(found.rows.count == expected.rows.count)
  for (a, b) in zip(found.rows.elements, expected.rows.elements) {
    let texts: [KeyPath<RecordRow, StringID>] = [\.name, \.service, \.message, \.traceText]
    for column in texts {
      #expect(found.text(a[keyPath: column]) == expected.text(b[keyPath: column]))
    }
    #expect(a.trace == b.trace && a.span == b.span && a.parentSpan == b.parentSpan)
    #expect(a.start == b.start && a.duration == b.duration && a.marks == b.marks)
    #expect(a.spanKind == b.spanKind && a.status == b.status)
    #expect(a.attributeCount == b.attributeCount)
  }
  #expect(found.links.elements.map(\.span) == expected.links.elements.map(\.span))
  #expect(found.events.elements.map(\.time) == expected.events.elements.map(\.time))
}
