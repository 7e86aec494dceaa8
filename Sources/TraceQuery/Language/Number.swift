/// A number of an attribute or an aggregate: exact where it is whole.
package enum Number: Sendable, Equatable {
  case integer(Int64)
  case double(Double)

  /// The number that `text` spells in full; nil for anything else, and for NaN, which has no order.
  init?(_ text: some StringProtocol) {
    if let integer = Int64(text) {
      self = .integer(integer)
    } else if Number.mayBegin(text.utf8), let double = Double(text), !double.isNaN {
      self = .double(double)
    } else {
      return nil
    }
  }

  /// `Double.init` also takes `inf` and `0x1p3`, which are words here; OTLP writes `Infinity`.
  private static func mayBegin(_ text: some Collection<UInt8>) -> Bool {
    guard let first = text.first else { return false }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      return !text.contains { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }
    case UInt8(ascii: "I"): return true
    default: return false
    }
  }

  /// The nearest double.
  package var doubleValue: Double {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    }
  }
}

extension Number: Comparable {
  /// Equal values, whole or not: 1 is 1.0.
  package static func == (a: Number, b: Number) -> Bool { !(a < b) && !(b < a) }

  /// Exact: a whole number is never rounded to a double to be compared with one.
  package static func < (a: Number, b: Number) -> Bool {
    switch (a, b) {
    case (.integer(let a), .integer(let b)): a < b
    case (.double(let a), .double(let b)): a < b
    case (.integer(let a), .double(let b)): Number.isLess(a, b)
    case (.double(let a), .integer(let b)): Number.isMore(b, a)
    }
  }

  private static func isLess(_ a: Int64, _ b: Double) -> Bool {
    if b >= 0x1p63 { return true }
    if b < -0x1p63 { return false }
    let whole = b.rounded(.down)
    return a < Int64(whole) || (a == Int64(whole) && b > whole)
  }

  /// Whether `a` is above `b`.
  private static func isMore(_ a: Int64, _ b: Double) -> Bool {
    if b >= 0x1p63 { return false }
    if b < -0x1p63 { return true }
    return a > Int64(b.rounded(.down))
  }
}

extension Number: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let value): String(value)
    case .double(let value): String(value)
    }
  }
}
