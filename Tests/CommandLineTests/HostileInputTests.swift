import Foundation
import TestSupport
import Testing

@Suite("Hostile input") struct HostileInputTests {
  private static let span = """
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},\
    "scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7",\
    "name":"work","startTimeUnixNano":"1772442000000000000","endTimeUnixNano":"1772442000100000000"}]}]}]}
    """
  private static let decision = """
    {"schema_version":"1.0","event_type":"authz_check","timestamp":"2026-03-02T09:00:00Z",\
    "actor":{"principal":"user:a"},"action":{"permission":"p.q.r"},"target":{"resource":"x"},\
    "decision":{"outcome":"ALLOW","evaluated_by":"e"},"environment":{"component":"c"}}
    """

  /// Every command that reads artifacts, with `FILE` for the path.
  private static let commands = [
    "trace summarize FILE", "trace list FILE --format json", "trace query FILE ''",
    "trace diff FILE FILE", "policy generate FILE", "policy generate FILE --dialect gcp",
    "artifact inspect FILE", "index build FILE", "trace follow FILE --until-idle 0",
  ]

  @Test("a file cut off anywhere, bytes of every kind, deep nesting: never a trap")
  func malformed() throws {
    let folder = TemporaryFolder()
    var files: [String: Data] = [
      "empty": Data(), "zeros": Data(count: 100_000),
      "brackets": Data(repeating: 0x5B, count: 300_000),
      "braces": Data(String(repeating: "{\"a\":", count: 100_000).utf8),
      "bytes": Data(
        (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 7) }),
      "not-utf8": Data(HostileInputTests.decision.utf8).replacingLast(
        of: "user", with: [0xFF, 0xFE]),
      "deep-value": Data(
        "{\"resourceSpans\":\(String(repeating: "[", count: 100_000))".utf8),
    ]
    for (name, text) in [("span", HostileInputTests.span), ("event", HostileInputTests.decision)] {
      let bytes = Data(text.utf8)
      for length in stride(from: 1, to: bytes.count, by: 61) {
        files["\(name)-cut-\(length)"] = bytes.prefix(length)
      }
      for place in stride(from: 0, to: bytes.count, by: 41) {
        var damaged = bytes
        damaged[place] ^= 0x5A
        files["\(name)-damaged-\(place)"] = damaged + Data("\n".utf8) + bytes
      }
    }
    for (name, data) in files {
      try data.write(to: URL(fileURLWithPath: folder.file(name)))
    }
    let home = TemporaryFolder()
    for command in HostileInputTests.commands {
      let line = command.replacingOccurrences(of: "FILE", with: "\"$f\"")
      let run = try CommandRun(
        shell: "for f in *; do vestige \(line) >/dev/null 2>&1; echo \"$f $?\"; done",
        home: home, folder: folder.path)
      let ended = run.output.split(separator: "\n")
      #expect(ended.count == files.count)
      for result in ended {
        #expect(
          ["0", "1", "2"].contains(result.split(separator: " ").last), "\(command): \(result)")
      }
    }
  }

  @Test("the files of the JSON parser suite end no command by a signal")
  func parserSuite() throws {
    let files = RealArtifacts.files(below: "tricky/JSONTestSuite/test_parsing")
    guard let folder = files.first?.deletingLastPathComponent().path else { return }
    let run = try CommandRun(
      shell:
        "for f in ?_structure*.json; do vestige trace summarize \"$f\" >/dev/null 2>&1; echo $?; done",
      folder: folder)
    let statuses = run.output.split(separator: "\n")
    #expect(statuses.count > 50)
    #expect(Set(statuses).isSubset(of: ["0", "2"]))
    let inspected = try CommandRun(
      shell: "vestige artifact inspect . --format json", folder: folder)
    let passedOver = try #require(try inspected.json()["passed_over"] as? [String])
    let recognised = try #require(try inspected.json()["artifacts"] as? [Any])
    #expect(passedOver.count + recognised.count == files.count)
  }

  @Test("records that could not be read are counted, named, and warned of")
  func refused() throws {
    let folder = TemporaryFolder()
    let lines = [
      HostileInputTests.decision, "{\"schema_version\":\"1.0\",", HostileInputTests.decision,
    ]
    try lines.joined(separator: "\n")
      .write(toFile: folder.file("a.jsonl"), atomically: false, encoding: .utf8)
    let run = try CommandRun(
      ["trace", "summarize", "a.jsonl", "--format", "json"], folder: folder.path)
    #expect(run.status == 0)
    let totals = try #require(try run.json()["totals"] as? [String: Int])
    #expect(totals["records_read"] == 2)
    #expect(totals["records_refused"] == 1)
    #expect(run.errors.contains("a.jsonl: 1 of 3 records could not be read"))
    let inspected = try CommandRun(["artifact", "inspect", "a.jsonl"], folder: folder.path)
    #expect(inspected.output.contains("record refused"))
    #expect(inspected.output.contains("\(HostileInputTests.decision.utf8.count + 1)"))
  }

  @Test("no control character of an artifact reaches the terminal")
  func controlCharacters() throws {
    let folder = TemporaryFolder()
    let evil = "\\u001b]0;x\\u0007\\u001b[2J\\r\\u202e\\u200b"
    let texts = [HostileInputTests.span, HostileInputTests.decision].map { text in
      ["work", "\"s\"", "user:a", "p.q.r", "\"x\""].reduce(text) { text, name in
        let word = name.trimmingCharacters(in: ["\""])
        return text.replacingOccurrences(
          of: name, with: name.replacingOccurrences(of: word, with: word + evil))
      }
    }
    for (name, text) in zip(["a\u{1B}[31m.json", "b\r.jsonl"], texts) {
      try text.write(toFile: folder.file(name), atomically: false, encoding: .utf8)
    }
    let commands = [
      "trace summarize .", "trace list .", "trace show . --trace 4bf9", "trace query . ''",
      "trace diff . .", "policy generate .", "policy generate . --dialect gcp",
      "artifact inspect .", "index build .", "trace list 'b\r.jsonl' --limit 0",
    ]
    for command in commands {
      for format in ["text", "csv", "markdown", "json"] {
        let run = try CommandRun(
          shell: "vestige \(command) --format \(format)", folder: folder.path)
        // Neither dialect can say such names: a policy that lacks them is a finding.
        #expect(run.status == (command.hasPrefix("policy") ? 1 : 0), "\(command) \(run.errors)")
        let isSafe = (run.output + run.errors).unicodeScalars.allSatisfy { scalar in
          scalar == "\n" || (scalar == "\r" && format == "csv")
            || (scalar.value >= 0x20 && scalar.properties.generalCategory != .control
              && scalar.properties.generalCategory != .format)
        }
        #expect(isSafe, "\(command) --format \(format)")
      }
    }
  }

  @Test("a pipe is refused instead of waited for")
  func pipe() throws {
    let folder = TemporaryFolder()
    let run = try CommandRun(
      shell: "mkfifo p && timeout 20 vestige trace list p; s=$?; timeout 20 vestige index build .; "
        + "echo $s $?", folder: folder.path)
    #expect(run.output == "2 2\n")
  }
}

extension Data {
  /// The same bytes with the last occurrence of `text` replaced.
  fileprivate func replacingLast(of text: String, with bytes: [UInt8]) -> Data {
    guard let range = range(of: Data(text.utf8), options: .backwards) else { return self }
    var copy = self
    copy.replaceSubrange(range, with: bytes)
    return copy
  }
}
