/// The values of one group for one aggregate, as far as they have been seen.
struct Accumulator {
  private var count = 0
  private var wholeSum: Int128 = 0
  private var doubleSum = 0.0
  private var hasDoubles = false
  private var least: Number?
  private var greatest: Number?
  /// All values, kept for percentiles only.
  private var values: [Number] = []

  /// Takes in one value.
  mutating func add(_ number: Number, for function: AggregateFunction) {
    count += 1
    switch function {
    case .count: break
    case .sum, .avg:
      switch number {
      case .integer(let value): wholeSum += Int128(value)
      case .double(let value):
        hasDoubles = true
        doubleSum += value
      }
    case .min: least = min(least ?? number, number)
    case .max: greatest = max(greatest ?? number, number)
    case .p50, .p90, .p95, .p99: values.append(number)
    }
  }

  /// The result for a group of `rows` rows; absent when no row has a value.
  func cell(_ aggregate: Aggregate, rows: Int) -> QueryCell {
    if aggregate.function == .count { return .integer(Int64(rows)) }
    guard count > 0 else { return .absent }
    switch aggregate.function {
    case .count: return .absent
    case .sum:
      return hasDoubles
        ? .double(Double(wholeSum) + doubleSum)
        : QueryCell(Int64(clamping: wholeSum), aggregate.kind)
    case .avg:
      // A mean of nanoseconds is whole, rounded down; any other mean is not.
      if aggregate.kind == .duration { return .duration(Int64(clamping: wholeSum / Int128(count))) }
      return .double((Double(wholeSum) + doubleSum) / Double(count))
    case .min: return cell(least, aggregate.kind)
    case .max: return cell(greatest, aggregate.kind)
    case .p50, .p90, .p95, .p99:
      return cell(percentile(aggregate.function.percentage ?? 50), aggregate.kind)
    }
  }

  private func cell(_ number: Number?, _ kind: ColumnKind) -> QueryCell {
    switch number {
    case .integer(let value)?: QueryCell(value, kind)
    case .double(let value)?: .double(value)
    case nil: .absent
    }
  }

  /// The smallest value that at least so many percent of the values are not above.
  private func percentile(_ percentage: Int) -> Number? {
    let sorted = values.sorted()
    let rank = (percentage * sorted.count + 99) / 100
    return sorted.isEmpty ? nil : sorted[max(0, rank - 1)]
  }
}
