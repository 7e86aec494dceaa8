import Testing
import TraceModel

@Suite("Quantities as text") struct QuantityTextTests {
  @Test(
    "durations keep two or three digits and the unit that suits them",
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_000, "1.0 µs"), (9_949, "9.9 µs"), (9_950, "10 µs"),
      (87_000, "87 µs"), (999_499, "999 µs"), (999_500, "1.0 ms"), (1_250_000, "1.3 ms"),
      (412_000_000, "412 ms"), (999_499_999, "999 ms"), (999_500_000, "1.0 s"),
      (1_240_000_000, "1.2 s"), (59_949_999_999, "59.9 s"), (59_950_000_000, "1m00s"),
      (300_000_000_000, "5m00s"), (3_599_500_000_000, "1h00m"), (7_500_000_000_000, "2h05m"),
      (86_399_999_999_999, "1d00h"), (273_600_000_000_000, "3d04h"), (-1_500_000, "-1.5 ms"),
    ] as [(Int64, String)])
  func durations(nanoseconds: Int64, text: String) {
    #expect(QuantityText.duration(nanoseconds) == text)
  }

  @Test("no duration overflows, and µ has an ASCII form")
  func extremes() {
    #expect(QuantityText.duration(.max) == "106752d00h")
    #expect(QuantityText.duration(.min) == "-106752d00h")
    #expect(QuantityText.duration(87_000, micro: "us") == "87 us")
  }

  @Test(
    "counts are grouped by thousands",
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
  func counts(value: Int, text: String) {
    #expect(QuantityText.count(value) == text)
    #expect(QuantityText.count(value, "span") == text + " spans")
    #expect(QuantityText.count(1, "span") == "1 span")
    #expect(QuantityText.count(Int64.min) == "-9,223,372,036,854,775,808")
  }

  @Test(
    "a percentage is all or nothing only when it is",
    arguments: [
      (61, 238, "25.6 %"), (0, 238, "0 %"), (238, 238, "100 %"), (1, 10_000, "<0.1 %"),
      (9_999, 10_000, ">99.9 %"), (1, 2, "50.0 %"), (0, 0, "–"), (3, 2, "150.0 %"),
      (.max, .max, "100 %"),
    ] as [(Int64, Int64, String)])
  func percentages(part: Int64, whole: Int64, text: String) {
    #expect(QuantityText.percent(part, of: whole) == text)
  }

  @Test(
    "sizes have decimal units",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_949, "9.9 kB"), (999_499, "999 kB"),
      (999_500, "1.0 MB"), (3_218_385, "3.2 MB"), (.max, "18 EB"),
    ] as [(UInt64, String)])
  func sizes(count: UInt64, text: String) {
    #expect(QuantityText.bytes(count) == text)
  }

  @Test("times are in UTC and cut, not rounded")
  func times() {
    let time: Int64 = 1_772_442_072_480_999_999
    #expect(Timestamp.dateTime(nanoseconds: time) == "2026-03-02 09:01:12")
    #expect(Timestamp.dateTime(nanoseconds: time, fractionDigits: 3) == "2026-03-02 09:01:12.480")
    #expect(Timestamp.timeOfDay(nanoseconds: time, fractionDigits: 3) == "09:01:12.480")
    #expect(Timestamp.timeOfDay(nanoseconds: time, fractionDigits: 12) == "09:01:12.480999999")
  }
}
