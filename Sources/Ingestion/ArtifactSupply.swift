/// Opens the artifacts of an execution one after another, in their order.
///
/// A compressed archive can only be read from its beginning, and its members lie in any order. So
/// that it is not decompressed anew for each of them, those that come next are taken out of it
/// together, as many as fit into a fixed amount of memory.
struct ArtifactSupply: ~Copyable {
  /// Bytes of members, as they are stored, held at once; a larger one is read by itself.
  static let usualRoom: UInt64 = 256 << 20

  private let source: ExecutionSource
  private let room: UInt64
  private var held: [Int: [UInt8]] = [:]

  init(_ source: ExecutionSource, room: UInt64 = usualRoom) {
    self.source = source
    self.room = room
  }

  /// The bytes of artifact `number`; each is asked for once, in ascending order.
  ///
  /// - Throws: as `ArtifactBytes`.
  mutating func open(_ number: Int) throws(IngestionError) -> ArtifactBytes {
    let artifact = source.artifacts[number]
    if let archive = artifact.place.archive, !artifact.place.isDirect {
      if held[number] == nil { try hold(membersOf: archive, from: number) }
      if let bytes = held.removeValue(forKey: number) {
        return ArtifactBytes(
          memory: bytes, compression: artifact.place.compression, path: artifact.place.shownPath,
          within: source.limit)
      }
    }
    return try ArtifactBytes.open(artifact.place, within: source.limit)
  }

  /// Takes out, in one pass, the member `first` and those that follow it, as far as they fit.
  private mutating func hold(
    membersOf archive: ArtifactPlace, from first: Int
  ) throws(IngestionError) {
    var total: UInt64 = 0
    var members: [(number: Int, layer: ArtifactPlace.Layer)] = []
    for number in first..<source.artifacts.count {
      let place = source.artifacts[number].place
      guard place.archive == archive, let layer = place.layers.last else { break }
      total = total.addingClamped(layer.size)
      guard total <= room else { break }
      members.append((number, layer))
    }
    guard members.count > 1 else { return }
    members.sort { $0.layer.offset < $1.layer.offset }
    var bytes = try ArtifactBytes.open(archive, within: source.limit)
    var position: UInt64 = 0
    for (number, layer) in members where layer.offset >= position {
      try bytes.skip(layer.offset - position)
      let content = try bytes.next(Int(clamping: layer.size))
      position = layer.offset.addingClamped(UInt64(content.count))
      // A member that is not all there is read by itself, so that it says what is missing.
      if UInt64(content.count) == layer.size { held[number] = content }
    }
  }
}
