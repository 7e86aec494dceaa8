import TraceModel

/// The number with its noun, in the plural where due: `1 statement`, `2 statements`.
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
  QuantityText.count(number) + " " + (number == 1 ? noun : noun + "s")
}

/// Ascending numbers, in short: `1-3, 7`.
func numberRanges(_ numbers: [Int]) -> String {
  var parts: [ClosedRange<Int>] = []
  for number in numbers {
    if let last = parts.last, last.upperBound + 1 == number {
      parts[parts.count - 1] = last.lowerBound...number
    } else {
      parts.append(number...number)
    }
  }
  return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    .joined(separator: ", ")
}

extension String {
  /// The text with one sign replaced wherever it stands.
  ///
  /// By scalars: a `Character` made of the sign and an accent would be passed over.
  func replacing(_ sign: Unicode.Scalar, by text: String) -> String {
    unicodeScalars.reduce(into: "") { result, scalar in
      if scalar == sign { result += text } else { result.unicodeScalars.append(scalar) }
    }
  }
}
