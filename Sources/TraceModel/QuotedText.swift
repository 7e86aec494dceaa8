/// A text between double quotation marks, as most notations write it: `\"`, `\\`, `\n`, `\r` and `\t`
/// are common to all; each has its own way to escape the rest.
///
/// - Parameter escape: called for what is invisible, would steer a terminal, or `mustEscape` names.
package func doubleQuoted(
  _ text: String, mustEscape: (Unicode.Scalar) -> Bool = { _ in false },
  escape: (Unicode.Scalar) -> String
) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default:
      if isUnsafe(scalar) || mustEscape(scalar) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}

/// A JSON string; what a terminal would act on or hide is escaped, so that it is safe to look at, too.
package func jsonString(_ text: String) -> String {
  doubleQuoted(text) { scalar in
    String(scalar).utf16.map { "\\u" + hexadecimal(UInt64($0), digits: 4) }.joined()
  }
}

/// Whether a scalar has to be escaped wherever text is written: a control, or invisible.
package func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || scalar.value == 0x7F || isInvisible(scalar)
}
