package import TraceModel

/// The values of one attribute key: element i of each part belongs together.
package struct Postings: ~Escapable {
  /// Rows, ascending; resource ordinals for the scopes resource and scope.
  package let rows: Span<UInt32>
  /// String ids.
  package let values: Span<UInt32>
  /// Raw values of `ValueType`.
  package let types: Span<UInt8>
  /// Event or link ordinals for those scopes; a binding's number for repeated authz keys.
  package let items: Span<UInt32>

  @_lifetime(copy rows, copy values, copy types, copy items)
  init(rows: Span<UInt32>, values: Span<UInt32>, types: Span<UInt8>, items: Span<UInt32>) {
    self.rows = rows
    self.values = values
    self.types = types
    self.items = items
  }
}

/// One attribute of a row.
package struct RowAttribute: Sendable, Equatable {
  package let scope: AttributeScope
  package let key: StringID
  package let value: StringID
  package let type: ValueType
  package let item: Int
}

/// A moment inside a span.
package struct SpanEvent: Sendable, Equatable {
  package let row: Int
  /// Nanoseconds since the Unix epoch.
  package let time: Int64
  package let name: StringID
}

/// A span's reference to another span, which may not be in the execution.
package struct SpanLink: Sendable, Equatable {
  package let row: Int
  package let trace: TraceID
  package let span: SpanID
}

extension TraceIndex {
  /// The number of a key in `attributeKeys`.
  package func keyOrdinal(scope: AttributeScope, name: String) -> Int? {
    attributeKeys.firstIndex { $0.scope == scope && string($0.name) == name }
  }

  /// All values of one key, valid during `body`.
  package func withPostings<R>(ofKey ordinal: Int, _ body: (borrowing Postings) -> R) -> R {
    let range = attributeKeys.indices.contains(ordinal) ? attributeKeys[ordinal].postings : 0..<0
    return withSection(.postingRow) { rows in
      withSection(.postingValue) { values in
        withSection(.postingType) { types in
          withSection(.postingItem) { items in
            body(
              Postings(
                rows: Span<UInt32>(_bytes: rows).extracting(range),
                values: Span<UInt32>(_bytes: values).extracting(range),
                types: Span<UInt8>(_bytes: types).extracting(range),
                items: Span<UInt32>(_bytes: items).extracting(range)))
          }
        }
      }
    }
  }

  /// The attributes of a row, of its events and links, and of its resource, by key.
  ///
  /// - Complexity: O(keys × log(values of a key)): for the row a person looks at.
  package func attributes(ofRow row: Int) -> [RowAttribute] {
    var found: [RowAttribute] = []
    for (ordinal, key) in attributeKeys.enumerated() {
      let owner: Int?
      switch key.scope {
      case .resource, .scope: owner = resource(ofRow: row)
      case .span, .event, .link, .authz: owner = row
      }
      guard let owner else { continue }
      withPostings(ofKey: ordinal) { postings in
        var position = lowerBound(of: UInt32(owner), in: postings.rows)
        while position < postings.rows.count && postings.rows[position] == UInt32(owner) {
          found.append(
            RowAttribute(
              scope: key.scope, key: key.name, value: StringID(postings.values[position]),
              type: ValueType(rawValue: postings.types[position]) ?? .string,
              item: Int(postings.items[position])))
          position += 1
        }
      }
    }
    return found
  }

  /// The first value of one attribute of a row; nil when the row has none.
  package func attribute(_ ordinal: Int, ofRow row: Int) -> StringID? {
    withPostings(ofKey: ordinal) { postings in
      let position = lowerBound(of: UInt32(row), in: postings.rows)
      guard position < postings.rows.count, postings.rows[position] == UInt32(row) else {
        return nil
      }
      return StringID(postings.values[position])
    }
  }

  /// All values of one attribute of a row, in the order of the artifact.
  package func attributeValues(_ ordinal: Int, ofRow row: Int) -> [StringID] {
    withPostings(ofKey: ordinal) { postings in
      var values: [StringID] = []
      var position = lowerBound(of: UInt32(row), in: postings.rows)
      while position < postings.rows.count, postings.rows[position] == UInt32(row) {
        values.append(StringID(postings.values[position]))
        position += 1
      }
      return values
    }
  }

  /// The numbers of a row's events, in the order of the artifact.
  package func events(ofRow row: Int) -> Range<Int> { items(.eventRow, ofRow: row) }

  package func event(_ number: Int) -> SpanEvent {
    SpanEvent(
      row: Int(element(.eventRow, number, as: UInt32.self) ?? 0),
      time: element(.eventTime, number, as: Int64.self) ?? 0,
      name: StringID(element(.eventName, number, as: UInt32.self) ?? 0))
  }

  /// The numbers of a row's links, in the order of the artifact.
  package func links(ofRow row: Int) -> Range<Int> { items(.linkRow, ofRow: row) }

  package func link(_ number: Int) -> SpanLink {
    SpanLink(
      row: Int(element(.linkRow, number, as: UInt32.self) ?? 0),
      trace: TraceID(
        high: element(.linkTraceHigh, number, as: UInt64.self) ?? 0,
        low: element(.linkTraceLow, number, as: UInt64.self) ?? 0),
      span: SpanID(element(.linkSpan, number, as: UInt64.self) ?? 0))
  }

  private func items(_ section: IndexSection, ofRow row: Int) -> Range<Int> {
    withSection(section) { bytes in
      let rows = Span<UInt32>(_bytes: bytes)
      let first = lowerBound(of: UInt32(row), in: rows)
      return first..<max(first, lowerBound(of: UInt32(row) + 1, in: rows))
    }
  }

  /// The first position whose element is not below `value`.
  private func lowerBound(of value: UInt32, in elements: Span<UInt32>) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if elements[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
