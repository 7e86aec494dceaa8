import Foundation
import Reports
import Terminal
import Testing

/// One report with everything in it that a notation could trip over.
private let hostile = "=1+1|`*_#<b>&\"\\,\n\u{1B}[31m\u{202E}\u{200B}"

private func report() -> Report {
  Report(
    kind: "odd/1", title: "Odd \(hostile)",
    parts: [
      .facts(
        key: "facts", title: "Facts",
        [
          .init("name", "name", .text(hostile)), .init("took_ns", "took", .duration(1_500_000)),
          .init("share", "share", .share(part: 1, whole: 3)),
          .init("at", "at", .time(1_700_000_000_123_456_789)), .init("none", "none", .none),
        ]),
      .table(
        .init(
          key: "rows", title: "Rows", columns: [.init("name", "name"), .init("count", "count")],
          rows: [
            [.text(hostile), .integer(-1)], [.text("表表"), .integer(1_234)],
            [.indented("=2", depth: 1), .integer(5)], [.path("+p/\(hostile)"), .integer(7)],
          ], shown: 3)),
      .notes(key: "notes", title: "Notes", ["- not a list", hostile]),
      .document(key: "document", "a: 1\n```\nb: 2\n"),
    ])
}

@Suite("Notations") struct NotationTests {
  @Test("JSON gives every text back exactly, and shows nothing a terminal would act on")
  func json() throws {
    let text = report().rendered(as: .json)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let facts = try #require(object["facts"] as? [String: Any])
    #expect(facts["name"] as? String == hostile)
    #expect(facts["took_ns"] as? Int == 1_500_000)
    #expect(facts["share"] as? Double == 0.333333)
    #expect(facts["at"] as? String == "2023-11-14T22:13:20.123456789Z")
    #expect(facts["none"] is NSNull)
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.count == 4)
    #expect(rows[3]["name"] as? String == "+p/" + hostile)
    #expect(object["document"] as? String == "a: 1\n```\nb: 2\n")
    for scalar in text.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && scalar != "\u{202E}" && scalar != "\u{200B}")
    }
  }

  @Test("no cell of CSV that is text begins as a formula does, whatever kind of text it is")
  func formulas() {
    let lines = report().rendered(as: .csv).split(separator: "\r\n")
    #expect(lines.contains("'=2,5"))
    #expect(lines.contains { $0.hasPrefix("\"'=1+1|") && $0.hasSuffix(",-1") })
    #expect(lines.contains { $0.hasPrefix("\"'+p/=1+1") })
  }

  @Test("CSV is one table: a header, and rows as wide as it")
  func oneTable() {
    let several = Report(
      kind: "s/1", title: "",
      parts: [
        .facts(key: "f", title: "", [.init("took_ns", "took", .duration(1_500_000))]),
        .notes(key: "n", title: "", ["prose, with a comma"]),
        .table(.init(key: "a", title: "", columns: [.init("x", "x")], rows: [[.integer(1)]])),
        .table(.init(key: "b", title: "", columns: [.init("y", "y")], rows: [[.integer(2)]])),
      ])
    #expect(several.rendered(as: .csv) == "x\r\n1\r\n")
    let facts = Report(kind: "s/1", title: "", parts: Array(several.parts.prefix(2)))
    #expect(facts.rendered(as: .csv) == "key,value\r\ntook_ns,1500000\r\n")
  }

  @Test("text fits into a terminal by cutting words, and never figures or paths")
  func width() {
    let long = String(repeating: "w", count: 60)
    let report = Report(
      kind: "w/1", title: "",
      parts: [
        .table(
          .init(
            key: "t", title: "",
            columns: [.init("a", "a"), .init("b", "b"), .init("p", "p"), .init("n", "n")],
            rows: [
              [.text(long), .text("表表表表表表表表表表表表表表"), .path("some/path"), .integer(12_345)],
              [.text("short"), .none, .path("p"), .integer(1)],
            ]))
      ])
    let lines = report.rendered(as: .text, width: 60).split(separator: "\n")
    let cells = [String(repeating: "w", count: 9) + "…wwwwwwww", "表表表表…表表表表表"]
    #expect(lines[1].hasPrefix("  \(cells[0])  \(cells[1])"), "\(lines[1])")
    #expect(lines.allSatisfy { DisplayWidth.width(of: String($0)) <= 60 })
    #expect(lines[1].hasSuffix("some/path  12,345"))
    #expect(report.rendered(as: .text).contains(long))
    #expect(report.rendered(as: .text, width: 20).contains("  wwwwww…wwwww  "))
  }

  @Test("CSV quotes by RFC 4180")
  func quotes() {
    let plain = Report(
      kind: "q/1", title: "",
      parts: [
        .table(
          .init(
            key: "t", title: "", columns: [.init("a", "a"), .init("b", "b")],
            rows: [[.text("say \"hi\", all"), .boolean(true)]]))
      ])
    #expect(plain.rendered(as: .csv) == "a,b\r\n\"say \"\"hi\"\", all\",true\r\n")
  }

  @Test("Markdown escapes what would be markup, and no document breaks out of its fence")
  func markdown() {
    let text = report().rendered(as: .markdown)
    #expect(text.contains("=1+1\\|\\`\\*\\_\\#&lt;b&gt;&amp;\"\\\\,"))
    #expect(text.contains("````\na: 1\n```\nb: 2\n````\n"))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count == 5)
    for row in rows {
      let bars = row.replacing("\\|", with: "").filter { $0 == "|" }.count
      #expect(bars == 3, "\(row)")
    }
    #expect(text.contains("and 1 more"))
  }

  @Test("text lines columns up by what a terminal shows, wide characters too")
  func alignment() throws {
    let text = report().rendered(as: .text)
    let wide = try #require(text.split(separator: "\n").first { $0.contains("表表") })
    let header = try #require(text.split(separator: "\n").first { $0.contains("NAME") })
    // Each wide character takes two columns and is one character here.
    #expect(wide.count + 2 == header.count)
    #expect(!text.unicodeScalars.contains("\u{1B}"))
  }

  @Test("a long text is cut with a mark, a path never")
  func cut() {
    let long = String(repeating: "x", count: 300)
    let table = Report.Table(
      key: "t", title: "", columns: [.init("a", "a"), .init("b", "b")],
      rows: [[.text(long), .path(long + "y")]])
    let text = Report(kind: "c/1", title: "", parts: [.table(table)]).rendered(as: .text)
    #expect(text.contains(String(repeating: "x", count: 99) + "… "))
    #expect(text.contains(long + "y"))
  }
}
