package import TraceModel
import WireFormats

/// Reads JUnit XML: the artifact's run is an execution, an outermost suite a trace, suites and
/// cases its spans.
///
/// A report is read when all of it is there: XML cannot be taken up in the middle, and the largest
/// reports are small.
package struct JUnitReader: TraceReader {
  package static let descriptor = FormatDescriptor(
    name: "junit-xml", title: "JUnit XML",
    blindSpots: [
      "when a case without a timestamp ran, and what ran in parallel",
      "what the code under test called",
    ])

  /// The first element says it.
  package static func sniff(_ prefix: RawSpan) -> Bool {
    var first: String?
    do throws(XMLFault) {
      try XMLDocument.walk(prefix) { event in
        if case .start(let name, _, _) = event, first == nil { first = name }
      }
    } catch {
      // A prefix ends anywhere; an entity is the reader's to refuse.
      if error.problem == .entities { return JUnitReader.hasRootName(prefix) }
    }
    return first.map(JUnitReader.roots.contains) ?? false
  }

  private static let roots = ["testsuites", "testsuite"]

  private static func hasRootName(_ prefix: RawSpan) -> Bool {
    let text = prefix.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    return text.contains("<testsuite")
  }

  private var log: ReadingLog
  private var keys: [String: UInt32] = [:]
  /// The suites around the element at hand, outermost first.
  private var suites: [TestSuite] = []
  private var testCase: TestCase?
  /// Elements inside a case or suite whose text is wanted, and that text.
  private var open: [String] = []
  private var text = ""
  /// How often an outermost suite had each name.
  private var seen: [String: Int] = [:]

  package init(artifact: UInt32) { log = ReadingLog(artifact: artifact) }

  package mutating func read(
    _ buffer: RawSpan, isFinal: Bool, into batch: inout RecordBatch
  ) -> Int {
    guard isFinal else { return 0 }
    do throws(XMLFault) {
      try XMLDocument.walk(buffer) { event in take(event, into: &batch) }
    } catch {
      let code: DiagnosticCode = error.problem == .truncated ? .truncated : .malformedXML
      log.note(code, at: UInt64(error.offset), error.explanation)
      log.settle(.refused, into: &batch)
      // What was complete stays; its suite is a parent that is not there.
      testCase = nil
      suites.removeAll()
    }
    log.leaveBuffer(format: Self.descriptor.name, batch: &batch)
    return buffer.byteCount
  }

  private mutating func take(_ event: XMLEvent, into batch: inout RecordBatch) {
    switch event {
    case .start(let name, let attributes, let offset):
      text = ""
      start(name, attributes, offset, into: &batch)
    case .text(let piece): if !open.isEmpty { text += piece }
    case .end(let name, let offset): end(name, offset, into: &batch)
    }
  }

  private mutating func start(
    _ name: String, _ attributes: [(name: String, value: String)], _ offset: Int,
    into batch: inout RecordBatch
  ) {
    switch name {
    case "testsuites", "properties": break
    case "testsuite" where testCase == nil: openSuite(attributes, offset, in: batch)
    case "testcase" where testCase == nil && !suites.isEmpty:
      testCase = TestCase(attributes, offset)
    case "property":
      let values = Dictionary(attributes.map { ($0.name, $0.value) }) { first, _ in first }
      note("junit.property." + values["name", default: ""], values["value", default: ""])
    default:
      open.append(name)
      guard var found = testCase, let problem = TestProblem(name, attributes) else { break }
      found.problems.append(problem)
      testCase = found
    }
  }

  private mutating func end(_ name: String, _ offset: Int, into batch: inout RecordBatch) {
    switch name {
    case "testsuites", "properties", "property": break
    case "testsuite": closeSuite(at: offset, into: &batch)
    case "testcase" where open.isEmpty: closeCase(at: offset, into: &batch)
    default:
      if open.last == name { open.removeLast() }
      closeDetail(name, at: offset, into: &batch)
    }
  }

  /// Keeps the text of an element inside a case or a suite.
  private mutating func closeDetail(
    _ name: String, at offset: Int, into batch: inout RecordBatch
  ) {
    let content = text.trimmed
    text = ""
    if let index = testCase?.problems.lastIndex(where: { $0.name == name || $0.name == open.last })
    {
      // Some writers put the text into elements of its own, such as `stackTrace`.
      let before = testCase?.problems[index].text ?? ""
      testCase?.problems[index].text = [before, content].filter { !$0.isEmpty }
        .joined(separator: "\n")
    } else if name == "system-out" || name == "system-err" {
      if !content.isEmpty { note("junit." + name.replacing("-", with: "_"), content) }
    } else if open.isEmpty {
      log.note(.unknownField, at: UInt64(max(0, offset)), "element \(name)")
      log.settle(.part, into: &batch)
    }
  }

  /// An attribute of the case at hand, or of the innermost suite.
  private mutating func note(_ key: String, _ value: String) {
    if testCase != nil {
      testCase?.attributes.append((key, value))
    } else if !suites.isEmpty {
      suites[suites.count - 1].attributes.append((key, value))
    }
  }

  // MARK: Suites

  private mutating func openSuite(
    _ attributes: [(name: String, value: String)], _ offset: Int, in batch: borrowing RecordBatch
  ) {
    let name = attributes.first { $0.name == "name" }?.value ?? ""
    var suite = TestSuite(attributes, offset)
    if let outer = suites.last {
      suite.identity = "\(outer.identity)/\(name)#\(outer.children)"
      suite.traceText = outer.traceText
      suite.start = suite.start ?? outer.cursor
      suites[suites.count - 1].children += 1
    } else {
      let path = batch.artifacts[Int(log.artifact)].path
      let count = seen[name, default: 0]
      seen[name] = count + 1
      suite.identity = "\(path) \(name)" + (count > 0 ? " #\(count + 1)" : "")
      suite.traceText = suite.identity
    }
    suite.cursor = suite.start
    suites.append(suite)
  }

  private mutating func closeSuite(at offset: Int, into batch: inout RecordBatch) {
    guard let suite = suites.popLast() else { return }
    let ran = suite.cursor.flatMap { end in suite.start.map { max(0, end - $0) } } ?? 0
    let duration = suite.duration ?? ran
    if !suites.isEmpty {
      suites[suites.count - 1].advance(by: duration, failed: suite.hasFailed)
    }
    var row = startRow(suite.offset, offset, suite.start, duration, suite.traceText, &batch)
    row.span = spanID(suite.identity)
    if let outer = suites.last { row.parentSpan = spanID(outer.identity) }
    row.name = batch.strings.intern(suite.name)
    row.service = row.name
    row.status = suite.hasFailed ? .error : .ok
    finish(&row, suite.attributes, into: &batch)
  }

  // MARK: Cases

  private mutating func closeCase(at offset: Int, into batch: inout RecordBatch) {
    guard let found = testCase, let suite = suites.last else { return }
    testCase = nil
    let verdict = found.problems.first { $0.isFailure }
    let start = found.start ?? suite.cursor
    suites[suites.count - 1].children += 1
    suites[suites.count - 1].advance(by: found.duration ?? 0, failed: verdict != nil)
    var row = startRow(found.offset, offset, start, found.duration ?? 0, suite.traceText, &batch)
    if found.duration == nil { row.marks.insert(.endMissing) }
    row.span = spanID("\(suite.identity)/\(found.name)#\(suite.children)")
    row.parentSpan = spanID(suite.identity)
    row.name = batch.strings.intern(found.name)
    row.service = batch.strings.intern(suite.name)
    row.status = verdict != nil ? .error : .ok
    if let verdict { row.message = batch.strings.intern(verdict.headline) }
    let isSkipped = found.problems.contains { $0.name == "skipped" }
    if isSkipped && verdict == nil { row.status = .unset }
    let result = verdict != nil ? "fail" : isSkipped ? "skip" : "pass"
    appendEvents(found.problems, at: start ?? 0, into: &batch)
    finish(&row, found.attributes + [("test.case.result.status", result)], into: &batch)
  }

  /// What went wrong, in OpenTelemetry's words for exceptions.
  private mutating func appendEvents(
    _ problems: [TestProblem], at time: Int64, into batch: inout RecordBatch
  ) {
    for problem in problems {
      let item = UInt32(truncatingIfNeeded: batch.events.count)
      batch.events.append(
        RecordEvent(
          row: UInt32(truncatingIfNeeded: batch.rows.count), time: time,
          name: batch.strings.intern(problem.isFailure ? "exception" : problem.name)))
      let details = [
        ("exception.type", problem.type), ("exception.message", problem.message),
        ("exception.stacktrace", problem.text),
      ]
      for (key, value) in details where !value.isEmpty {
        append(key, value, .event, item, into: &batch)
      }
    }
  }

  // MARK: Rows

  private func startRow(
    _ first: Int, _ end: Int, _ start: Int64?, _ duration: Int64, _ trace: String,
    _ batch: inout RecordBatch
  ) -> RecordRow {
    var row = RecordRow()
    row.kind = .span
    row.spanKind = .internal
    row.artifact = log.artifact
    row.offset = UInt64(first)
    row.length = UInt32(clamping: end - first)
    row.firstAttribute = UInt32(truncatingIfNeeded: batch.attributes.count)
    row.start = start ?? 0
    row.duration = duration
    if start == nil { row.marks.insert(.timeMissing) }
    // A prefix that no identifier has, so that the text is hashed whatever it says.
    row.trace = TraceID.reading(Array("junit:\(trace)".utf8).span.bytes).id
    row.traceText = batch.strings.intern(trace)
    return row
  }

  private func spanID(_ identity: String) -> SpanID {
    SpanID.reading(Array("junit:\(identity)".utf8).span.bytes).id
  }

  private mutating func finish(
    _ row: inout RecordRow, _ attributes: [(String, String)], into batch: inout RecordBatch
  ) {
    for (key, value) in attributes { append(key, value, .span, 0, into: &batch) }
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows.append(row)
    log.settle(.read, rows: 1, into: &batch)
  }

  private mutating func append(
    _ key: String, _ value: String, _ scope: AttributeScope, _ item: UInt32,
    into batch: inout RecordBatch
  ) {
    let name = "\(scope.rawValue) \(key)"
    let index = keys[name] ?? batch.key(scope, batch.strings.intern(key))
    keys[name] = index
    let isNumber =
      !value.isEmpty && value.utf8.count <= 18
      && value.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
    batch.attributes.append(
      RecordAttribute(
        key: index, value: batch.strings.intern(value), type: isNumber ? .integer : .string,
        item: item))
  }
}
