import TraceIndex

extension TraceIndex {
  /// The rows with an attribute, ascending; a row with several values is there several times.
  func rows(with key: Int) -> [Int] {
    withPostings(ofKey: key) { postings in postings.rows.indices.map { Int(postings.rows[$0]) } }
  }

  /// Those of them whose value is another row's, too.
  ///
  /// Ids of records are nearly always unique: few rows are left to be compared.
  func rowsSharing(_ key: Int) -> [Int] {
    withPostings(ofKey: key) { postings in
      var seen: Set<UInt32> = []
      var shared: Set<UInt32> = []
      seen.reserveCapacity(postings.values.count)
      for position in postings.values.indices {
        let value = postings.values[position]
        if !seen.insert(value).inserted { shared.insert(value) }
      }
      if shared.isEmpty { return [] }
      return postings.rows.indices.filter { shared.contains(postings.values[$0]) }
        .map { Int(postings.rows[$0]) }
    }
  }
}
