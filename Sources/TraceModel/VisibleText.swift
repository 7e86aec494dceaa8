/// Text from an artifact made safe to show: what would steer a terminal, reorder a line or be
/// invisible is spelled out, and nothing else is changed.
///
/// C0 controls become their Unicode control pictures (`␛` for escape), everything else that is
/// refused becomes `\u{202E}`. Invalid UTF-8 becomes U+FFFD.
package func visibleText(_ bytes: RawSpan) -> String {
  var printable = true
  for offset in 0..<bytes.byteCount {
    let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    if byte < 0x20 || byte > 0x7E {
      printable = false
      break
    }
  }
  let text = bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  return printable ? text : visibleText(text)
}

/// The same for a string.
package func visibleText(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x00...0x1F:
      result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
    case 0x7F:
      result.unicodeScalars.append("\u{2421}")
    default:
      if isInvisible(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result
}

/// Whether a scalar would be invisible, would reorder its neighbours, or has no meaning in text.
package func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x80...0x9F, 0xAD, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180E,
    0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0,
    0xFFF0...0xFFFB, 0xE0000...0xE0FFF:
    true
  default:
    false
  }
}
