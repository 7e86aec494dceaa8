import Testing
import WireFormats

private enum Letter: Int, CaseIterable {
  case a, b, object, c, d, inner, e, list, useless
}

@Suite("Field reader") struct FieldReaderTests {
  private static let table = FieldTable(
    [
      .value("a", Letter.a),
      .value("camelCase", Letter.b),
      .object(
        "object", Letter.object,
        [
          .value("c", Letter.c), .value("d", Letter.d),
          .object("inner", Letter.inner, [.value("e", Letter.e)]),
        ]),
      .handed("list", Letter.list),
      .ignored("useless", Letter.useless),
    ], prefix: "record.", acceptsSnakeCase: true)

  /// What a record's fields are, as text; the same reader reads all of the records.
  private func read(_ records: [String], endsValues: Bool = false) -> [String] {
    var reader = FieldReader(Self.table)
    return records.map { record in
      // Behind the record there is room, as there mostly is in a buffer.
      let bytes = Array((record + String(repeating: " ", count: 64)).utf8)
      return describe(bytes, &reader, endsValues)
    }
  }

  private func describe(
    _ bytes: [UInt8], _ reader: inout FieldReader, _ endsValues: Bool
  ) -> String {
    let span = bytes.span.bytes
    var cursor = JSONCursor()
    cursor.lines.endsValues = endsValues
    var words: [String] = []
    do throws(JSONFault) {
      guard try reader.begin(in: span, at: &cursor) else { return "no object" }
      while let field = try reader.next(in: span, at: &cursor) {
        let start = cursor.position
        try reader.skipValue(in: span, at: &cursor)
        words.append("handed \(field): \(text(bytes, start..<cursor.position))")
      }
    } catch {
      return "\(error.problem)@\(error.offset)"
    }
    for letter in Letter.allCases where reader.values[letter.rawValue].record == reader.record {
      let value = reader.values[letter.rawValue]
      let isContainer = letter == .object || letter == .inner || letter == .list
      words.append(
        "\(letter)=" + (isContainer ? "\(value.kind)" : text(bytes, value.start..<value.end)))
    }
    for issue in reader.issues {
      words.append("\(issue.kind) \(reader.path(of: issue, in: span))")
    }
    return words.joined(separator: " ")
  }

  private func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  @Test("Fields are found in any order, nested, escaped, and in snake case")
  func fields() {
    #expect(
      read([
        #"{"a":"1","camelCase":2,"object":{"c":"3","inner":{"e":"4"},"d":null},"list":[5]}"#,
        #"{"list":{"x":[6]},"object":{"inner":{},"c":"7"},"camel_case":"8"}"#,
        #"{ "object" : { } , "\u0061" : "9" , "useless" : [ 1 , { } ] }"#,
        "{}",
      ]) == [
        "handed 7: [5] a=1 b=2 object=object c=3 d=null inner=object e=4 list=array",
        "handed 7: {\"x\":[6]} b=8 object=object c=7 inner=object list=object",
        "a=9 object=object useless=[ 1 , { } ]",
        "",
      ])
  }

  @Test("What was learnt from one record is not taken for granted in the next")
  func learning() {
    let record = #"{"a":"1","object":{"c":"2"},"camelCase":"3"}"#
    #expect(
      read([
        record, record, record,
        #"{"a":"1","object":{"c":"2"},"camelCase":"3","a":"4"}"#,
        #"{"a":"1","object":{"c":"2"},"object":{"c":"5"},"camelCase":"3"}"#,
        #"{"object":{"d":"2"},"a":"1","object":{"c":"5"}}"#,
        #"{"a":"1","object":{"c":"2","c":"6"},"camelCase":"3"}"#,
        #"{"a":"1","object":{"c":"2"},"camelCase":"3""#,
        #"{"a":"1","object":{"c":"2"}"camelCase":"3"}"#,
        #"{"a":"1","object":{"c":"2"},"camelCasE":"3"}"#,
        record,
      ]) == [
        "a=1 b=3 object=object c=2", "a=1 b=3 object=object c=2", "a=1 b=3 object=object c=2",
        "a=1 b=3 object=object c=2 duplicate record.a",
        "a=1 b=3 object=object c=2 duplicate record.object",
        "a=1 object=object d=2 duplicate record.object",
        "a=1 b=3 object=object c=2 duplicate record.object.c",
        "incomplete@107",
        "expectedCommaInObject@27",
        "a=1 object=object c=2 unknown record.camelCasE",
        "a=1 b=3 object=object c=2",
      ])
  }

  @Test("A record is the same whether its shape is known or not")
  func knownShapes() {
    let records = [
      #"{"a":"1","object":{"c":"2","inner":{"e":3.5}},"list":[],"camelCase":true}"#,
      #"{"a":"1","object":{"c":"2","inner":{"e":-0}},"list":{},"camelCase":"x"}"#,
      "{\n  \"a\": 1,\n  \"object\": {\n    \"d\": \"y\"\n  }\n}",
      #"{"object":{"inner":{"e":"3"},"d":"4"},"a":{"deep":[{}]}}"#,
      #"{"a":"1","new":{"a":[1,2]},"camelCase":"2"}"#,
      #"{"a":"1","object":7,"camelCase":"2"}"#,
      #"{"camelCase":"2","object":null,"a":"\"\\"}"#,
    ]
    let fresh = records.flatMap { read([$0]) }
    for shift in records.indices {
      let order = (0..<40).map { ($0 * (shift + 1) + shift) % records.count }
      #expect(read(order.map { records[$0] }) == order.map { fresh[$0] })
    }
  }

  @Test("A known shape with a line end in it is not passed where lines end values")
  func lineEnds() {
    let record = "{\"a\":\"1\",\n\"camelCase\":\"2\"}"
    #expect(read([record, record]) == ["a=1 b=2", "a=1 b=2"])
    #expect(read([record, record], endsValues: true) == ["lineEnd@9", "lineEnd@9"])
    var reader = FieldReader(Self.table)
    let bytes = Array((record + String(repeating: " ", count: 64)).utf8)
    _ = describe(bytes, &reader, false)
    #expect(describe(bytes, &reader, true) == "lineEnd@9")
  }

  @Test("A record cut anywhere is incomplete, and nothing else")
  func cuts() {
    let record = #"{"a":"1","object":{"c":"2","inner":{"e":3.5}},"list":[ ],"camelCase":true}"#
    var reader = FieldReader(Self.table)
    for length in 1..<record.utf8.count {
      let bytes = Array(record.utf8.prefix(length))
      #expect(describe(bytes, &reader, false) == "incomplete@\(length)")
      _ = describe(Array(record.utf8), &reader, false)
    }
  }

  @Test("Spaces before a value are passed where a record before had none")
  func spacing() {
    #expect(
      read([#"{"a":"x","camelCase":1}"#, #"{"a": "y","camelCase":   2}"#, #"{"a":"z"}"#])
        == ["a=x b=1", "a=y b=2", "a=z"])
  }

  @Test("A record that is cut behind the longest stretch that is remembered is incomplete")
  func cutBehindStretch() {
    var reader = FieldReader(Self.table)
    for width in 40...50 {
      let key = "{\"a\":" + String(repeating: " ", count: width - 4)
      let whole = Array((key + "1}" + String(repeating: " ", count: 64)).utf8)
      #expect(describe(whole, &reader, false) == "a=1")
      #expect(describe(Array(key.utf8), &reader, false) == "incomplete@\(key.utf8.count)")
    }
  }
}
