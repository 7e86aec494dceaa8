import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing
import TraceModel

@testable import TraceIndex

@Suite("An index larger than memory") struct BoundedMemoryTests {
  private let folder = TemporaryFolder()

  @Test("the same records give the same bytes, in memory and in files", arguments: [1, 2, 3])
  func sameBytes(seed: UInt64) throws {
    let space = SpillSpace(folder: folder.path, limit: 4_096)
    let small = BoundedMemoryTests.execution(seed: seed, space: nil)
    let large = BoundedMemoryTests.execution(seed: seed, space: space)
    #expect(space.isUsed)
    #expect(try bytes(large, part: nil) == bytes(small, part: nil))
    for number in 0..<2 {
      let run = small.strings.count > 1 ? StringID(UInt32(number)) : .empty
      let part = IndexBuilder.Part(number: number, count: 2, run: run)
      #expect(try bytes(large, part: part) == bytes(small, part: part))
    }
  }

  @Test("a disk that is full while columns are made is an error that names the folder")
  func fullDisk() throws {
    let isFull = Flag()
    let space = SpillSpace(folder: folder.path, limit: 4_096) { file, bytes in
      isFull.isSet ? ENOSPC : posix_fallocate(file, 0, off_t(bytes))
    }
    let batch = BoundedMemoryTests.execution(seed: 1, space: space)
    #expect(space.failure == nil)
    isFull.set()
    let path = folder.file("full.vtix")
    do throws(TraceIndexError) {
      try IndexBuilder.write(batch, name: "full", to: path)
      Issue.record("an index was written to a full disk")
    } catch {
      #expect(
        error.description
          == "\(folder.path): cannot make room for what does not fit in memory: "
          + "No space left on device")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("runs that are merged give the order of all times", arguments: [1, 7, 64, 1_000])
  func merge(runLength: Int) {
    var random = Numbers(state: 11)
    var times = SpillArray<Int64>()
    for index in 0..<999 {
      let near = Int64(index / 3 * 10 + Int.random(in: -30...30, using: &random))
      times.append(index % 50 == 0 ? [.min, .max, 0][index % 3] : near)
    }
    let expected = (0..<999).sorted { (times[$0], $0) < (times[$1], $1) }.map { UInt32($0) }
    let space = SpillSpace(folder: folder.path, limit: 256)
    let merged = orderByTime(times, in: space, runLength: runLength)
    #expect(merged.elements == expected)
    #expect(orderByTime(times, in: nil).elements == expected)
  }

  private func bytes(
    _ batch: borrowing RecordBatch, part: IndexBuilder.Part?
  ) throws -> Data {
    let path = folder.file("index.vtix")
    try IndexBuilder.write(batch, name: "execution", part: part, to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// A few thousand rows of all kinds, in small traces, one large one, and none.
  private static func execution(seed: UInt64, space: SpillSpace?) -> RecordBatch {
    var random = Numbers(state: seed)
    var builder = TraceBuilder(space: space)
    let run = builder.batch.strings.intern("run")
    for number in 0..<3_000 {
      let trace: UInt64 = number % 3 == 0 ? 1 : .random(in: 2...400, using: &random)
      let start = Int64(number) + .random(in: -20...20, using: &random)
      switch number % 5 {
      case 0:
        builder.decision(
          number % 2 == 0 ? .allow : .deny, "user:ann", "a.get", on: "project/\(number % 40)",
          in: number % 10 == 0 ? 0 : trace, span: .random(in: 0...900, using: &random), at: start,
          attributes: ["method": "Check"])
      default:
        builder.span(
          "GET /\(number % 30)", in: trace, id: .random(in: 1...900, using: &random),
          parent: .random(in: 0...900, using: &random), at: start,
          for: .random(in: 0...50, using: &random), status: number % 11 == 0 ? .error : .ok,
          attributes: ["size": "\(number)", "retry": "0"])
      }
      if number % 4 == 0 { builder.event("exception", at: start) }
      let row = builder.batch.rows.count - 1
      if number % 6 == 0 {
        builder.batch.links.append(
          RecordLink(row: UInt32(row), trace: TraceID(high: 0, low: 1), span: SpanID(9)))
      }
      if number % 2 == 0 { builder.batch.rows[row].run = run }
    }
    return builder.take()
  }
}

/// The same numbers on every machine.
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Set once, seen by a closure that may run anywhere.
private final class Flag: Sendable {
  private let value = Mutex(false)

  var isSet: Bool { value.withLock { $0 } }

  func set() { value.withLock { $0 = true } }
}
