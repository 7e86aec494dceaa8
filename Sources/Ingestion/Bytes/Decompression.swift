import CDecompression

/// A compression that is recognised by its first bytes.
package enum Compression: Sendable, Hashable {
  case gzip, zstd

  /// Nil when `prefix` begins none of them.
  init?(prefix: [UInt8]) {
    if prefix.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if prefix.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || Compression.isSkippable(prefix) {
      self = .zstd
    } else {
      return nil
    }
  }

  /// What it is called.
  package var name: String {
    switch self {
    case .gzip: "gzip"
    case .zstd: "zstd"
    }
  }

  /// Whether a zstd frame without content comes first, as parallel compressors write it.
  private static func isSkippable(_ prefix: [UInt8]) -> Bool {
    prefix.count >= 4 && prefix[0] & 0xF0 == 0x50 && prefix[1...3] == [0x2A, 0x4D, 0x18]
  }

  /// Whether a member or frame can begin with a byte.
  fileprivate func begins(with byte: UInt8) -> Bool {
    switch self {
    case .gzip: byte == 0x1F
    case .zstd: byte == 0x28 || byte & 0xF0 == 0x50
    }
  }

  fileprivate var format: decompression_format {
    switch self {
    case .gzip: DECOMPRESSION_GZIP
    case .zstd: DECOMPRESSION_ZSTD
    }
  }
}

/// One compressed stream on its way to its content: gzip members or zstd frames, one or several.
///
/// It is fed; `ArtifactBytes` owns it, and closes it.
struct Decompression {
  private enum State {
    case start, inside, between, padding
  }

  private static let inputSize = 1 << 16

  private let compression: Compression
  private let engine: OpaquePointer?
  private var state = State.start
  private var input = [UInt8](repeating: 0, count: inputSize)
  private var waiting = 0..<0
  /// The last call filled all the room it had, so there may be more without further input.
  private var mayHoldMore = false
  /// Bytes of compressed data used.
  private(set) var bytesUsed: UInt64 = 0
  /// Bytes of content.
  private(set) var bytesMade: UInt64 = 0
  /// Set where the stream cannot go on; there is no content behind it.
  private(set) var fault: StreamFault?

  init(_ compression: Compression) {
    self.compression = compression
    engine = unsafe decompressor_open(compression.format)
    if unsafe engine == nil { fail(because: "there is no memory for it") }
  }

  func close() { unsafe decompressor_close(engine) }

  /// Takes the buffer for compressed bytes out, to be filled and given back.
  mutating func takeInput() -> [UInt8] {
    var empty: [UInt8] = []
    swap(&empty, &input)
    return empty
  }

  /// Gives the buffer back with `count` compressed bytes in it; 0 says that there are no more.
  mutating func giveInput(_ buffer: [UInt8], count: Int) {
    input = buffer
    waiting = 0..<count
    if count == 0, state == .inside, fault == nil {
      fault = .truncated("the \(compression.name) data ends", at: bytesUsed)
    }
  }

  /// Puts content into a part of `buffer`; returns how much, 0 when it needs more input first.
  mutating func decompress(into buffer: inout [UInt8], _ range: Range<Int>) -> Int {
    while fault == nil, mayHoldMore || !waiting.isEmpty {
      guard state == .inside || begin() else { continue }
      let step = run(into: &buffer, range)
      waiting = (waiting.lowerBound + step.read)..<waiting.upperBound
      bytesUsed &+= UInt64(step.read)
      bytesMade &+= UInt64(step.written)
      mayHoldMore = step.written == range.count
      switch step.status {
      case DECOMPRESSION_ENDED:
        state = .between
        mayHoldMore = false
      case DECOMPRESSION_DAMAGED:
        fail(because: unsafe step.reason.map { unsafe String(cString: $0) } ?? "it is damaged")
      default:
        if step.read == 0, step.written == 0, !waiting.isEmpty {
          fail(because: "it leads nowhere")
        }
      }
      if step.written > 0 { return step.written }
    }
    return 0
  }

  private func run(into buffer: inout [UInt8], _ range: Range<Int>) -> decompression_step {
    input.withUnsafeBytes { input in
      buffer.withUnsafeMutableBytes { buffer in
        unsafe decompressor_run(
          engine, input.baseAddress.map { unsafe $0 + waiting.lowerBound }, waiting.count,
          buffer.baseAddress.map { unsafe $0 + range.lowerBound }, range.count)
      }
    }
  }

  /// Looks at the byte behind a member; true when another one begins.
  ///
  /// Zeros may follow to the end, as tapes and block devices leave them.
  private mutating func begin() -> Bool {
    let byte = input[waiting.lowerBound]
    if state != .padding, compression.begins(with: byte) {
      state = .inside
      return true
    }
    if byte == 0, state != .start {
      state = .padding
      waiting = (waiting.lowerBound + 1)..<waiting.upperBound
      bytesUsed &+= 1
    } else {
      fail(because: "what follows is none")
    }
    return false
  }

  private mutating func fail(because reason: String) {
    fault = .damaged("\(compression.name) data", at: bytesUsed, reason)
  }
}
