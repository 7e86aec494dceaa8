import Testing
import TraceModel

@Suite("Timestamps") struct TimestampTests {
  private func read(_ text: String) -> Result<Int64, TimestampError> {
    let bytes = Array(text.utf8)
    do throws(TimestampError) {
      return .success(try Timestamp.nanoseconds(rfc3339: bytes.span.bytes))
    } catch {
      return .failure(error)
    }
  }

  @Test(
    "RFC 3339 is read to the nanosecond, in any zone",
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("1969-12-31T23:59:59.999999999Z", -1),
      ("2026-03-02T09:00:00.123456789Z", 1_772_442_000_123_456_789),
      ("2026-03-02T09:00:00.1Z", 1_772_442_000_100_000_000),
      ("2026-03-02T10:30:00+01:30", 1_772_442_000_000_000_000),
      ("2026-03-01T23:00:00-10:00", 1_772_442_000_000_000_000),
      ("2026-03-02t09:00:00z", 1_772_442_000_000_000_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
      ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
      // Leap seconds stand for the last nanosecond of their minute.
      ("2016-12-31T23:59:60Z", 1_483_228_799_999_999_999),
      ("2017-01-01T00:59:60.5+01:00", 1_483_228_799_999_999_999),
      // The first and the last moment that 64 bits hold.
      ("1677-09-21T00:12:43.145224192Z", .min),
      ("2262-04-11T23:47:16.854775807Z", .max),
    ] as [(String, Int64)])
  func moments(text: String, nanoseconds: Int64) {
    #expect(read(text) == .success(nanoseconds))
  }

  @Test(
    "Everything else is refused",
    arguments: [
      "", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02 09:00:00Z", "2026-03-02T09:00:00.Z",
      "2026-03-02T09:00:00.1234567890Z", "2026-3-02T09:00:00Z", "2026-13-02T09:00:00Z",
      "2026-00-02T09:00:00Z", "2026-04-31T09:00:00Z", "2026-02-29T09:00:00Z",
      "1900-02-29T09:00:00Z", "2026-03-00T09:00:00Z", "2026-03-02T24:00:00Z",
      "2026-03-02T09:60:00Z", "2026-03-02T09:00:61Z", "2026-03-02T09:00:60Z",
      "2026-03-02T09:00:00+0100", "2026-03-02T09:00:00+24:00", "2026-03-02T09:00:00+01:60",
      "2026-03-02T09:00:00Z ", "2026-03-02T09:00:00+01:0", "+026-03-02T09:00:00Z",
      "2026-03-02T09:00:00,5Z", "2026-03-02T09:00:00.5", "２０２６-03-02T09:00:00Z",
    ])
  func malformed(text: String) {
    #expect(read(text) == .failure(.malformed))
  }

  @Test(
    "A moment that 64 bits cannot hold is out of range",
    arguments: [
      "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z", "0000-01-01T00:00:00Z",
      "9999-12-31T23:59:59Z",
    ])
  func outOfRange(text: String) {
    #expect(read(text) == .failure(.outOfRange))
  }

  @Test("A moment's text is UTC with nine digits, and reads back as the same moment")
  func formatting() {
    #expect(Timestamp.text(nanoseconds: 0) == "1970-01-01T00:00:00.000000000Z")
    #expect(Timestamp.text(nanoseconds: -1) == "1969-12-31T23:59:59.999999999Z")
    #expect(Timestamp.text(nanoseconds: .min) == "1677-09-21T00:12:43.145224192Z")
    #expect(Timestamp.text(nanoseconds: .max) == "2262-04-11T23:47:16.854775807Z")
    // Every day of 600 years, at a time of day that changes.
    var previous = ""
    for day in Int64(-106_000)...106_000 {
      let moment = day * 86_400_000_000_000 + (day * 7_919_000_000_001) % 86_400_000_000_000
      let text = Timestamp.text(nanoseconds: moment)
      #expect(read(text) == .success(moment))
      if day % 2 == 0 {
        #expect(previous < text)
        previous = text
      }
    }
  }
}
