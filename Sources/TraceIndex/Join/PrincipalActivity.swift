import TraceModel

/// When the principals of loose rows are known to have been at work in traces.
struct PrincipalActivity {
  private struct Sighting {
    let row: Int
    let moments: ClosedRange<Int64>
  }

  /// Attributes of spans that name the principal on whose behalf they ran.
  private static let keys: Set<String> = [
    "enduser.id", "user.id", "user.email", "user.name", "client.principal", "principal",
  ]
  /// So many records nearest to a row are looked at.
  private static let limit = 512
  /// Spans that last longer say little about a moment, in nanoseconds.
  private static let longest: Int64 = 60_000_000_000

  /// By principal, in order of their beginnings.
  private var sightings: [StringID: [Sighting]] = [:]
  private var canonical: [StringID: StringID] = [:]

  init(of loose: borrowing SpillArray<UInt32>, in batch: inout RecordBatch) {
    for index in loose.indices {
      batch.space?.pace(index)
      let row = Int(loose[index])
      let name = plain(batch.rows[row].principal, in: &batch)
      let isNobody = ContentFree.texts.contains(batch.strings.string(name).lowercased())
      if !name.isEmpty && !isNobody { sightings[name] = [] }
    }
    guard !sightings.isEmpty else { return }
    let isKey = batch.keys.map {
      $0.scope == .span && PrincipalActivity.keys.contains(batch.strings.string($0.name))
    }
    let spansHaveKeys = isKey.contains(true)
    for row in batch.rows.indices {
      batch.space?.pace(row)
      guard !batch.rows[row].trace.isNone else { continue }
      guard batch.rows[row].kind == .span || batch.rows[row].kind == .decision,
        !batch.rows[row].join.method.isInferred, let moments = batch.rows[row].moments
      else { continue }
      let isSpan = batch.rows[row].kind == .span
      if isSpan && !spansHaveKeys { continue }
      let name =
        isSpan ? principal(ofSpan: row, isKey, in: &batch) : batch.rows[row].principal
      let key = plain(name, in: &batch)
      guard sightings[key] != nil else { continue }
      let end = min(
        moments.upperBound, moments.lowerBound.addingSaturating(PrincipalActivity.longest))
      sightings[key]?.append(Sighting(row: row, moments: moments.lowerBound...end))
    }
    for key in sightings.keys {
      sightings[key]?.sort { a, b in
        (a.moments.lowerBound, a.row) < (b.moments.lowerBound, b.row)
      }
    }
  }

  func candidates(
    for row: Int, in batch: borrowing RecordBatch, window: Int64
  ) -> JoinCandidates {
    var candidates = JoinCandidates(window: window)
    let record = batch.rows[row]
    guard let moments = record.moments, let name = canonical[record.principal],
      let known = sightings[name]
    else { return candidates }
    let from = moments.lowerBound.subtractingSaturating(window)
      .subtractingSaturating(PrincipalActivity.longest)
    let until = moments.upperBound.addingSaturating(window)
    var after = PrincipalActivity.first(in: known, notBefore: moments.lowerBound)
    var before = after - 1
    for _ in 0..<PrincipalActivity.limit where !candidates.isFull {
      let next = after < known.count ? known[after].moments.lowerBound : .max
      let last = before >= 0 ? known[before].moments.lowerBound : .min
      let hasNext = after < known.count && next <= until
      let hasLast = before >= 0 && last >= from
      guard hasNext || hasLast else { break }
      let isNextNearer =
        next.subtractingSaturating(moments.lowerBound)
        < moments.lowerBound.subtractingSaturating(last)
      let place = hasNext && (isNextNearer || !hasLast) ? after : before
      if place == after { after += 1 } else { before -= 1 }
      let distance = known[place].moments.distance(to: moments)
      guard distance <= window else { continue }
      let other = batch.rows[known[place].row]
      candidates.add(
        known[place].row, of: other.trace, agreement(of: record, with: other), distance: distance)
    }
    return candidates
  }

  private func agreement(
    of record: RecordRow, with other: RecordRow
  ) -> JoinCandidates.Agreement {
    guard record.kind == .decision, other.kind == .decision else { return .principal }
    let samePermission = !record.permission.isEmpty && record.permission == other.permission
    let sameTarget = !record.target.isEmpty && record.target == other.target
    if samePermission && sameTarget {
      return record.outcome.isDenial == other.outcome.isDenial ? .sameCheck : .contradiction
    }
    return samePermission || sameTarget ? .principalAndOneMore : .principal
  }

  private static func first(in known: [Sighting], notBefore time: Int64) -> Int {
    var (low, high) = (0, known.count)
    while low < high {
      let middle = (low + high) / 2
      if known[middle].moments.lowerBound < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func principal(
    ofSpan row: Int, _ isKey: [Bool], in batch: inout RecordBatch
  ) -> StringID {
    let first = Int(batch.rows[row].firstAttribute)
    for place in first..<first + Int(batch.rows[row].attributeCount)
    where isKey[Int(batch.attributes[place].key)] {
      return batch.attributes[place].value
    }
    return .empty
  }

  /// A principal without the kind that some artifacts write before it.
  private mutating func plain(_ name: StringID, in batch: inout RecordBatch) -> StringID {
    if let known = canonical[name] { return known }
    let text = batch.strings.string(name)
    let kind = ["user:", "serviceAccount:", "principal:"].first { text.hasPrefix($0) }
    let plain = kind.map { batch.strings.intern(String(text.dropFirst($0.count))) } ?? name
    canonical[name] = plain
    return plain
  }
}
