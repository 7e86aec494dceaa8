import Testing
import WireFormats

@Suite("Decimal numbers") struct DecimalNumberTests {
  private func read(_ text: String, scale: Int = 0) -> DecimalNumber.Reading {
    let bytes = Array(("~" + text + "9").utf8)
    return DecimalNumber.read(bytes.span.bytes, 1..<(bytes.count - 1), scale: scale)
  }

  @Test(
    "Whole numbers are exact to the last of 64 bits",
    arguments: [
      ("0", 0, 0), ("7", 0, 7), ("1795226919862846681", 0, 1_795_226_919_862_846_681),
      ("18446744073709551615", 0, .max), ("00012", 0, 12), ("1e3", 0, 1_000), ("1.5e1", 0, 15),
      ("1.7e18", 0, 1_700_000_000_000_000_000), ("120e-1", 0, 12), ("3.5", 6, 3_500_000),
      ("0.000001", 6, 1), ("0e99999999999999999999", 0, 0), ("0.0", 0, 0),
      ("1000000000000000000000e-3", 0, 1_000_000_000_000_000_000),
    ] as [(String, Int, UInt64)])
  func exact(text: String, scale: Int, magnitude: UInt64) {
    #expect(
      read(text, scale: scale)
        == .whole(magnitude: magnitude, isNegative: false, isExact: true))
    #expect(
      read("-" + text, scale: scale)
        == .whole(magnitude: magnitude, isNegative: magnitude != 0, isExact: true))
  }

  @Test(
    "A fraction is cut off, and it is said",
    arguments: [("1.5", 1), ("0.9", 0), ("123e-2", 1), ("1e-99999999999", 0)] as [(String, UInt64)])
  func inexact(text: String, magnitude: UInt64) {
    #expect(read(text) == .whole(magnitude: magnitude, isNegative: false, isExact: false))
  }

  @Test(
    "A number beyond 64 bits is too large",
    arguments: ["18446744073709551616", "99999999999999999999", "1e20", "1e999999999999", "2e19"])
  func tooLarge(text: String) {
    #expect(read(text) == .tooLarge(isNegative: false))
    #expect(read("-" + text) == .tooLarge(isNegative: true))
  }

  @Test(
    "Anything else is no number",
    arguments: [
      "", "-", "+1", " 1", "1 ", "1.", ".5", "1e", "1e+", "0x10", "NaN", "1_000", "12a45678",
      "1234567/", "1234567:", "--1", "1.2.3", "1e1.5", "1２",
    ])
  func malformed(text: String) {
    #expect(read(text) == .malformed)
  }
}
