package import TraceModel

extension TraceIndex {
  /// String `id` exactly as the artifact has it; invalid UTF-8 is replaced. For policies and JSON.
  package func string(_ id: StringID) -> String {
    withStringBytes(id) { bytes in
      bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  /// String `id` safe to show: see `visibleText`.
  package func text(_ id: StringID) -> String {
    withStringBytes(id) { visibleText($0) }
  }

  /// The bytes of string `id`, valid during `body`; none for an id that is not in the dictionary.
  package func withStringBytes<R>(_ id: StringID, _ body: (RawSpan) -> R) -> R {
    let index = Int(id.value)
    guard let end = element(.stringEnds, index, as: UInt64.self) else { return body(RawSpan()) }
    let start = index == 0 ? 0 : element(.stringEnds, index - 1, as: UInt64.self) ?? 0
    return withSection(.stringBytes) { bytes in
      guard start <= end, end <= UInt64(bytes.byteCount) else { return body(RawSpan()) }
      return body(bytes.extracting(Int(start)..<Int(end)))
    }
  }

  /// The id of exactly this text; nil when no row has it.
  ///
  /// - Complexity: O(strings); only lengths are compared for most.
  package func stringID(of text: String) -> StringID? {
    let wanted = Array(text.utf8)
    return withSection(.stringEnds) { ends in
      withSection(.stringBytes) { bytes in
        var start: UInt64 = 0
        for index in 0..<stringCount {
          let end = ends.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
          defer { start = end }
          guard start <= end, end <= UInt64(bytes.byteCount), end - start == UInt64(wanted.count)
          else { continue }
          let base = Int(start)
          let isSame = wanted.indices.allSatisfy {
            bytes.unsafeLoad(fromByteOffset: base + $0, as: UInt8.self) == wanted[$0]
          }
          if isSame { return StringID(UInt32(index)) }
        }
        return nil
      }
    }
  }
}
