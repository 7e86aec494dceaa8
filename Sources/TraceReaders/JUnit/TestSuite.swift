import TraceModel
import WireFormats

/// A suite whose end has not come yet.
struct TestSuite {
  let name: String
  let offset: Int
  /// Where it is: artifact, suites around it, its own name; unique in the execution.
  var identity = ""
  /// The trace's id as people see it.
  var traceText = ""
  /// Nanoseconds since the Unix epoch; nil where the report does not say.
  var start: Int64?
  /// Nanoseconds, as the report says.
  let duration: Int64?
  /// Where the next case starts that has no time of its own: cases run one after another.
  var cursor: Int64?
  var children = 0
  var hasFailed = false
  var attributes: [(String, String)]

  init(_ attributes: [(name: String, value: String)], _ offset: Int) {
    let fields = TestFields(attributes)
    name = fields.name
    self.offset = offset
    start = fields.start
    duration = fields.duration
    self.attributes = fields.others
    hasFailed = fields.others.contains {
      ["junit.failures", "junit.errors"].contains($0.0) && (Int($0.1) ?? 0) > 0
    }
  }

  mutating func advance(by duration: Int64, failed: Bool) {
    cursor = cursor.map {
      let (sum, overflow) = $0.addingReportingOverflow(duration)
      return overflow ? .max : sum
    }
    if failed { hasFailed = true }
  }
}

/// A case whose end has not come yet.
struct TestCase {
  let name: String
  let offset: Int
  let start: Int64?
  let duration: Int64?
  var attributes: [(String, String)]
  var problems: [TestProblem] = []

  init(_ attributes: [(name: String, value: String)], _ offset: Int) {
    let fields = TestFields(attributes)
    name = fields.name
    self.offset = offset
    start = fields.start
    duration = fields.duration
    self.attributes = fields.others
  }
}

/// Something that went wrong in a case, or kept it from running.
struct TestProblem {
  let name: String
  let type: String
  let message: String
  var text = ""

  /// Nil for elements that are nothing of the kind.
  init?(_ name: String, _ attributes: [(name: String, value: String)]) {
    let known = [
      "failure", "error", "skipped", "rerunFailure", "rerunError", "flakyFailure", "flakyError",
    ]
    guard known.contains(name) else { return nil }
    self.name = name
    type = attributes.first { $0.name == "type" }?.value ?? ""
    message = attributes.first { $0.name == "message" }?.value ?? ""
  }

  /// Whether the case counts as failed; a flaky one passed in the end.
  var isFailure: Bool { name == "failure" || name == "error" }

  /// One line about it.
  var headline: String {
    if !message.isEmpty { return message }
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.isEmpty ? type.isEmpty ? name : type : line
  }
}

/// The attributes that suites and cases have in common.
private struct TestFields {
  var name = ""
  var start: Int64?
  var duration: Int64?
  var others: [(String, String)] = []

  init(_ attributes: [(name: String, value: String)]) {
    for (key, value) in attributes {
      switch key {
      case "name": name = value
      case "time": duration = TestFields.nanoseconds(seconds: value)
      case "timestamp": start = TestFields.nanoseconds(timestamp: value)
      default: break
      }
      let isUsed =
        key == "name" || (key == "time" && duration != nil)
        || (key == "timestamp" && start != nil)
      if !isUsed { others.append(("junit." + key, value)) }
    }
  }

  /// Decimal seconds, also with commas between thousands.
  private static func nanoseconds(seconds: String) -> Int64? {
    let bytes = seconds.utf8.filter { $0 != UInt8(ascii: ",") }
    guard
      case .whole(let magnitude, false, _) = DecimalNumber.read(
        bytes.span.bytes, 0..<bytes.count, scale: 9)
    else { return nil }
    return Int64(clamping: magnitude)
  }

  /// A time without a zone is taken as UTC: reports do not say where they were written.
  private static func nanoseconds(timestamp: String) -> Int64? {
    for text in [timestamp, timestamp + "Z"] {
      if let time = try? Timestamp.nanoseconds(rfc3339: Array(text.utf8).span.bytes) {
        return time
      }
    }
    return nil
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
