extension RecordBatch {
  /// An attribute's text that is interned together with those of its neighbours.
  struct AnnouncedText: Sendable {
    let start: Int
    let end: Int
    let hash: UInt32
    /// The index in `attributes`.
    let attribute: Int
  }

  /// Appends an attribute of type string; its value is there after `internAnnounced(in:)`.
  ///
  /// - Parameter range: where the text is in `bytes`.
  package mutating func append(
    _ key: UInt32, text range: Range<Int>, in bytes: RawSpan, item: UInt32
  ) {
    announced.append(
      AnnouncedText(
        start: range.lowerBound, end: range.upperBound,
        hash: strings.announce(bytes.extracting(range)), attribute: attributes.count))
    attributes.append(RecordAttribute(key: key, value: .empty, type: .string, item: item))
  }

  /// Interns the announced texts in the order in which they were announced.
  ///
  /// - Parameter bytes: the bytes that they were announced in.
  package mutating func internAnnounced(in bytes: RawSpan) {
    for text in announced { strings.approach(announced: text.hash) }
    for text in announced {
      attributes[text.attribute].value = strings.intern(
        bytes.extracting(text.start..<text.end), announced: text.hash)
    }
    announced.removeAll(keepingCapacity: true)
  }

  /// Forgets announced texts, whose record turned out to be incomplete.
  package mutating func forgetAnnounced() { announced.removeAll(keepingCapacity: true) }
}
