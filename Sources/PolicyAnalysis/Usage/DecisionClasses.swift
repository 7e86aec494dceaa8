import TraceIndex
import TraceModel

/// The decisions of one execution, put together where they say the same.
///
/// Executions repeat themselves: what ten million decisions ask for is said by a few thousand. Those
/// of one class agree in all that their interpreter reads, so that it reads one of them; only times
/// and places tell them apart.
struct DecisionClasses {
  struct Class {
    /// The earliest decision: by time, then by row; rows without a time come last.
    fileprivate(set) var first: Int
    fileprivate(set) var decisions = 0
    /// Nanoseconds since the Unix epoch; nil when no row tells its time.
    fileprivate(set) var seen: ClosedRange<Int64>?
  }

  /// In the order of their first rows.
  private(set) var classes: [Class] = []
  private let scan: DecisionScan

  init(of index: TraceIndex, for interpreter: any DecisionInterpreter) {
    self.init(
      of: index, attributes: interpreter.attributes, readsMessages: interpreter.readsMessages,
      exceptions: interpreter.exceptions(in: index))
  }

  /// - Complexity: O(rows + values of `attributes`).
  init(
    of index: TraceIndex, attributes: [String], readsMessages: Bool = false,
    exceptions: Set<Int> = []
  ) {
    var further = FurtherValues(index)
    for name in ["mode"] + attributes { further.add(attribute: name) }
    if readsMessages { further.add(.message) }
    further.add(rows: exceptions)
    scan = DecisionScan(index: index, further: further.numbers)
    var classes: [Class] = []
    index.withMarks { marks in
      index.withTimes(.start) { starts in
        scan.forEachDecision { row, number in
          if number == classes.count { classes.append(Class(first: row)) }
          classes[number].add(
            row, at: RowMarks(rawValue: marks[row]).contains(.timeMissing) ? nil : starts[row])
        }
      }
    }
    self.classes = classes
  }

  /// Calls `body` with each decision's row and the number of its class, in order of rows.
  func forEachDecision(_ body: (_ row: Int, _ number: Int) -> Void) { scan.forEachDecision(body) }
}

extension DecisionClasses.Class {
  @inline(__always)
  fileprivate mutating func add(_ row: Int, at time: Int64?) {
    decisions += 1
    guard let time else { return }
    guard let range = seen else {
      seen = time...time
      first = row
      return
    }
    if time < range.lowerBound {
      seen = time...range.upperBound
      first = row
    } else if time > range.upperBound {
      seen = range.lowerBound...time
    }
  }
}

/// Numbers the decisions of an execution by what they say.
private struct DecisionScan {
  let index: TraceIndex
  /// What each row says besides the columns that all interpreters read; empty when there is nothing.
  let further: [UInt32]

  @inline(__always)
  func forEachDecision(_ body: (_ row: Int, _ number: Int) -> Void) {
    index.withBytes(.kind) { kinds in
      index.withBytes(.outcome) { outcomes in
        index.withIDs(.principal) { principals in
          index.withIDs(.permission) { permissions in
            index.withIDs(.target) { targets in
              index.withIDs(.reason) { reasons in
                var numbers = TripleNumbers()
                for row in kinds.indices where kinds[row] == RowKind.decision.rawValue {
                  let rest = further.isEmpty ? 0 : UInt64(further[row])
                  body(
                    row,
                    numbers.number(
                      of: UInt64(principals[row]) << 32 | UInt64(permissions[row]),
                      UInt64(targets[row]) << 32 | UInt64(reasons[row]),
                      rest << 8 | UInt64(outcomes[row])))
                }
              }
            }
          }
        }
      }
    }
  }
}

/// A number for each row, the same for rows with the same values.
private struct FurtherValues {
  private let index: TraceIndex
  /// By row; empty while no row has a value.
  private(set) var numbers: [UInt32] = []
  private var known = TripleNumbers()
  private var parts: UInt64 = 0

  init(_ index: TraceIndex) { self.index = index }

  mutating func add(attribute name: String) {
    guard let key = index.keyOrdinal(scope: .authz, name: name) else { return }
    begin()
    index.withPostings(ofKey: key) { postings in
      for position in postings.rows.indices {
        add(postings.values[position], to: Int(postings.rows[position]))
      }
    }
  }

  mutating func add(_ column: IDColumn) {
    begin()
    index.withIDs(column) { ids in
      for row in ids.indices where ids[row] != StringID.empty.value { add(ids[row], to: row) }
    }
  }

  mutating func add(rows: Set<Int>) {
    guard !rows.isEmpty else { return }
    begin()
    for row in rows { add(0, to: row) }
  }

  private mutating func begin() {
    parts += 1
    guard numbers.isEmpty else { return }
    numbers = [UInt32](repeating: 0, count: index.rowCount)
    // 0 is for rows without values.
    _ = known.number(of: 0, 0, 0)
  }

  private mutating func add(_ value: UInt32, to row: Int) {
    numbers[row] = UInt32(
      truncatingIfNeeded: known.number(of: parts, UInt64(numbers[row]), UInt64(value)))
  }
}

/// Numbers triples of words from 0, in order of their first appearance.
private struct TripleNumbers {
  private struct Triple: Equatable {
    let a: UInt64
    let b: UInt64
    let c: UInt64

    var hash: UInt64 {
      var hash = a &* 0x9E37_79B9_7F4A_7C15
      hash = (hash ^ hash >> 29 ^ b) &* 0xBF58_476D_1CE4_E5B9
      hash = (hash ^ hash >> 32 ^ c) &* 0x94D0_49BB_1331_11EB
      return hash ^ hash >> 31
    }
  }

  private var triples: [Triple] = []
  /// The number of a triple, and 1; 0 where there is none. A power of two of them, at most half full.
  private var slots = [UInt32](repeating: 0, count: 1 << 10)

  @inline(__always)
  mutating func number(of a: UInt64, _ b: UInt64, _ c: UInt64) -> Int {
    let triple = Triple(a: a, b: b, c: c)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: triple.hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if triples[number] == triple { return number }
      slot = (slot + 1) & mask
    }
    triples.append(triple)
    slots[slot] = UInt32(triples.count)
    if triples.count * 2 > slots.count { grow() }
    return triples.count - 1
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = [UInt32](repeating: 0, count: mask + 1)
    for (number, triple) in triples.enumerated() {
      var slot = Int(truncatingIfNeeded: triple.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number + 1)
    }
  }
}
