package import TraceIndex
import TraceModel

/// A text to look for: case matters only when it has an upper-case letter.
package struct TextSearch: Sendable, Equatable {
  package let text: String
  private let needle: [UInt8]
  private let folds: Bool

  package init(_ text: String) {
    self.text = text
    folds = !text.unicodeScalars.contains { $0.properties.isUppercase }
    needle = Array(text.utf8)
  }

  package var isEmpty: Bool { needle.isEmpty }

  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(Span(_unsafeElements: $0)) }
  }

  /// Whether one of the row's texts has it: name, service, principal, permission, target, reason,
  /// message.
  package func matches(row: Int, in index: TraceIndex) -> Bool {
    let ids = [
      index.name(row), index.service(row), index.principal(row), index.permission(row),
      index.target(row), index.reason(row), index.message(row),
    ]
    return ids.contains { id in
      !id.isEmpty
        && index.withStringBytes(id) { bytes in
          bytes.withUnsafeBytes { unsafe matches(Span(_unsafeBytes: $0)) }
        }
    }
  }

  private func matches(_ hay: Span<UInt8>) -> Bool {
    guard !needle.isEmpty, hay.count >= needle.count else { return false }
    for start in 0...(hay.count - needle.count) {
      var offset = 0
      while offset < needle.count && fold(hay[start + offset]) == needle[offset] { offset += 1 }
      if offset == needle.count { return true }
    }
    return false
  }

  private func fold(_ byte: UInt8) -> UInt8 {
    folds && byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }
}
