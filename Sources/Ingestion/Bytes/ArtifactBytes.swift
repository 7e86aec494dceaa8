import TraceModel

/// The content of an artifact or archive as a stream that is pulled: out of the archives that it
/// lies in, and decompressed, a buffer at a time.
package struct ArtifactBytes: ~Copyable {
  private enum Base: ~Copyable {
    case file(ArtifactFile)
    case memory([UInt8])
  }

  /// One layer of the place on the way.
  private struct Layer {
    var position: UInt64
    var remaining: UInt64
    var decompression: Decompression?

    mutating func advance(by count: UInt64) {
      position = position.addingClamped(count)
      remaining -= min(remaining, count)
    }
  }

  private static let firstRoom = 1 << 17

  private let base: Base
  private let path: String
  private let limit: ExpansionLimit
  private var layers: [Layer]
  private var bytesOfFile: UInt64 = 0
  private var missing: StreamFault?

  /// At the first byte of what is at `place`.
  ///
  /// - Throws: `IngestionError.unreadable`, and `.expansion` when too much has to be decompressed
  ///   on the way.
  package static func open(
    _ place: ArtifactPlace, within limit: ExpansionLimit
  ) throws(IngestionError) -> ArtifactBytes {
    // No initializer: one that throws half-way cannot undo what it has begun.
    var bytes = ArtifactBytes(
      .file(try ArtifactFile(path: place.path)), path: place.shownPath, within: limit)
    for layer in place.layers {
      try bytes.skip(layer.offset)
      bytes.enter(layer)
    }
    return bytes
  }

  /// At the first byte of bytes that were read before, out of the archive at `path`.
  init(memory: [UInt8], compression: Compression?, path: String, within limit: ExpansionLimit) {
    self.init(.memory(memory), path: path, within: limit)
    enter(ArtifactPlace.Layer(compression: compression))
  }

  private init(_ base: consuming Base, path: String, within limit: ExpansionLimit) {
    self.base = base
    self.path = path
    self.limit = limit
    layers = []
  }

  deinit { for layer in layers { layer.decompression?.close() } }

  private mutating func enter(_ layer: ArtifactPlace.Layer) {
    layers.append(
      Layer(
        position: 0, remaining: layer.size, decompression: layer.compression.map(Decompression.init)
      ))
  }

  /// Why the bytes ended before they should have; nil while they have not.
  package var fault: StreamFault? {
    for layer in layers {
      if let fault = layer.decompression?.fault { return fault }
    }
    return missing
  }

  /// How many bytes of the innermost layer, as they are stored, were used.
  var bytesUsed: UInt64 { layers.last?.position ?? 0 }

  /// Fills a part of `buffer`, from `start` on, with the next bytes; returns how many.
  ///
  /// 0 is the end: of the content, or of what can be read of it, when there is a `fault`.
  ///
  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  mutating func read(
    into buffer: inout [UInt8], from start: Int
  ) throws(IngestionError) -> Int {
    guard start < buffer.count else { return 0 }
    return try content(of: layers.count - 1, into: &buffer, start..<buffer.count)
  }

  /// The next bytes, at most `length`.
  ///
  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  package mutating func next(_ length: Int) throws(IngestionError) -> [UInt8] {
    // A length may come from a file that lies, so room is made as bytes come.
    var bytes = [UInt8](repeating: 0, count: min(length, ArtifactBytes.firstRoom))
    var filled = 0
    while filled < length {
      if filled == bytes.count {
        let more = min(length - filled, bytes.count)
        bytes.append(contentsOf: repeatElement(0, count: more))
      }
      let count = try read(into: &bytes, from: filled)
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Passes over bytes of the content, without reading them where that is possible.
  ///
  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  package mutating func skip(_ count: UInt64) throws(IngestionError) {
    guard layers.contains(where: { $0.decompression != nil }) else {
      for number in layers.indices { layers[number].advance(by: count) }
      return
    }
    var rest = count
    var buffer = [UInt8](repeating: 0, count: Int(min(rest, 1 << 16)))
    while rest > 0 {
      if rest < UInt64(buffer.count) { buffer.removeLast(buffer.count - Int(rest)) }
      let got = try read(into: &buffer, from: 0)
      if got == 0 { return }
      rest -= UInt64(got)
    }
  }

  private mutating func content(
    of layer: Int, into buffer: inout [UInt8], _ range: Range<Int>
  ) throws(IngestionError) -> Int {
    guard layers[layer].decompression != nil else {
      return try stored(in: layer, into: &buffer, range)
    }
    while true {
      let made = layers[layer].decompression?.decompress(into: &buffer, range) ?? 0
      try checkExpansion(of: layer)
      if made > 0 { return made }
      guard layers[layer].decompression?.fault == nil else { return 0 }
      var input = layers[layer].decompression?.takeInput() ?? []
      let count = try stored(in: layer, into: &input, 0..<input.count)
      layers[layer].decompression?.giveInput(input, count: count)
      if count == 0 { return 0 }
    }
  }

  /// The bytes of a layer as they are stored: out of the content of the layer before.
  private mutating func stored(
    in layer: Int, into buffer: inout [UInt8], _ range: Range<Int>
  ) throws(IngestionError) -> Int {
    let wanted = Int(clamping: min(layers[layer].remaining, UInt64(range.count)))
    guard wanted > 0 else { return 0 }
    let part = range.lowerBound..<(range.lowerBound + wanted)
    let count =
      layer > 0
      ? try content(of: layer - 1, into: &buffer, part) : try raw(into: &buffer, part)
    if count == 0, layer > 0, missing == nil {
      missing = .truncated("the archive ends inside it,", at: layers[layer].position)
    }
    layers[layer].advance(by: UInt64(count))
    return count
  }

  private mutating func raw(
    into buffer: inout [UInt8], _ range: Range<Int>
  ) throws(IngestionError) -> Int {
    let offset = layers[0].position
    let count: Int
    switch base {
    case .file(let file): count = try file.read(into: &buffer, range, at: offset)
    case .memory(let bytes):
      let start = Int(clamping: min(offset, UInt64(bytes.count)))
      count = min(range.count, bytes.count - start)
      buffer.replaceSubrange(
        range.lowerBound..<(range.lowerBound + count), with: bytes[start..<(start + count)])
    }
    bytesOfFile &+= UInt64(count)
    return count
  }

  private func checkExpansion(of layer: Int) throws(IngestionError) {
    guard let decompression = layers[layer].decompression else { return }
    let compressed = min(decompression.bytesUsed, bytesOfFile)
    guard limit.allows(content: decompression.bytesMade, from: compressed) else {
      throw .expansion(path: path, limit: limit)
    }
  }
}
