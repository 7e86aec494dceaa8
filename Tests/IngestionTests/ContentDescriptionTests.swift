import Ingestion
import Testing

@Suite("What an unknown file looks like") struct ContentDescriptionTests {
  @Test(
    "is said in a phrase",
    arguments: [
      ("", "an empty file"),
      ("   \n", "white space"),
      ("PK\u{3}\u{4}...", "a zip archive"),
      ("VESTIGE\0....", "an index of Vestige"),
      ("hello", "text"),
      ("hällo", "text"),
      ("a\u{1}b text", "binary data"),
      ("<?xml version=\"1.0\"?>", "XML or HTML"),
      ("[1, 2]", "a JSON array"),
      ("{}", "a JSON object"),
      (
        "{\"a\\\"b\": {\"inner\": 1}, \"c\" : [{\"d\": 2}]}",
        "a JSON object with the keys a\\\"b, c"
      ),
      ("{\"level\":\"info\"}\n{\"level\":\"warn\"}", "JSON Lines with the keys level"),
      ("{\"level\":\"in", "a JSON object with the keys level"),
      ("{\"level", "a JSON object"),
      ("{\"ends in a backslash\\", "a JSON object"),
      ("}}}{{", "text"),
    ])
  func phrases(content: String, phrase: String) {
    #expect(ContentDescription(prefix: Array(content.utf8)).text == phrase)
  }

  @Test("knows compressed data, and binary data, by bytes that are no text")
  func bytes() {
    #expect(ContentDescription(prefix: [0x1F, 0x8B, 8, 0]).text == "gzip-compressed data")
    #expect(ContentDescription(prefix: [0x80, 0x81, 0x82, 0x83, 0x84]).text == "binary data")
    let tar = [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8)
    #expect(ContentDescription(prefix: tar).text == "a tar archive")
  }

  @Test("a character cut at the end does not make text binary")
  func cutCharacter() {
    #expect(ContentDescription(prefix: Array("schön wär's — ".utf8).dropLast(2)).text == "text")
    #expect(ContentDescription(prefix: Array("long enough ✗".utf8).dropLast(1)).text == "text")
  }
}
