/// Why and where bytes are not the JSON that was expected.
package struct JSONFault: Error, Equatable, Sendable {
  /// What was wrong.
  package enum Problem: UInt8, Sendable {
    /// The bytes end inside a value; more bytes may complete it.
    case incomplete
    /// A line ends inside a value, in an artifact that holds one value a line.
    case lineEnd
    case expectedValue
    case expectedKey
    case expectedColon
    case expectedCommaInObject
    case expectedCommaInArray
    /// A control character that a string must escape.
    case controlCharacter
    case badEscape
    case badNumber
    case badLiteral
    case invalidUTF8
  }

  package var problem: Problem
  /// The offending byte's offset in the buffer; the buffer's end when bytes are lacking.
  package var offset: Int

  package init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  /// What was expected and what was found instead, such as `expected a colon, found '}'`.
  package func explanation(in bytes: RawSpan) -> String {
    let found = JSONFault.name(of: offset < bytes.byteCount ? bytes.byte(at: offset) : nil)
    switch problem {
    case .incomplete: return "the artifact ends inside a value"
    case .lineEnd: return "the line ends inside a value"
    case .expectedValue: return "expected a value, found \(found)"
    case .expectedKey: return "expected a quoted key, found \(found)"
    case .expectedColon: return "expected a colon, found \(found)"
    case .expectedCommaInObject: return "expected a comma or '}', found \(found)"
    case .expectedCommaInArray: return "expected a comma or ']', found \(found)"
    case .controlCharacter: return "expected an escape in a string, found \(found)"
    case .badEscape: return "expected a valid escape in a string, found \(found)"
    case .badNumber: return "expected a number, found \(found)"
    case .badLiteral: return "expected true, false or null, found \(found)"
    case .invalidUTF8: return "expected UTF-8, found \(found)"
    }
  }

  private static func name(of byte: UInt8?) -> String {
    guard let byte else { return "the end" }
    switch byte {
    case 0x0A: return "the end of the line"
    case 0x20: return "a space"
    case 0x21..<0x7F: return "'\(Unicode.Scalar(byte))'"
    default:
      let digits = String(byte, radix: 16)
      return "byte 0x" + (byte < 0x10 ? "0" : "") + digits
    }
  }
}
