/// Where an artifact's bytes are: in a file, in a member of an archive, compressed or not.
package struct ArtifactPlace: Sendable, Hashable {
  /// What is found inside the content of the layer before; the first one is the file itself.
  struct Layer: Sendable, Hashable {
    /// Bytes of the content of the layer before.
    var offset: UInt64 = 0
    /// Bytes; the content of the layer before may end sooner.
    var size: UInt64 = .max
    var compression: Compression?
  }

  /// The file on disk.
  package let path: String
  /// What messages call that file.
  package let shownPath: String
  /// Outermost first, never empty.
  var layers: [Layer]

  /// A whole file.
  init(file path: String, shownAs shownPath: String? = nil, compression: Compression? = nil) {
    self.path = path
    self.shownPath = shownPath ?? path
    layers = [Layer(compression: compression)]
  }

  /// A part of the content of this place.
  func member(at offset: UInt64, size: UInt64, compression: Compression?) -> ArtifactPlace {
    var place = self
    place.layers.append(Layer(offset: offset, size: size, compression: compression))
    return place
  }

  /// The archive that this is a member of; nil for a file.
  var archive: ArtifactPlace? {
    guard layers.count > 1 else { return nil }
    var place = self
    place.layers.removeLast()
    return place
  }

  /// How the bytes themselves are compressed; nil when they are not.
  package var compression: Compression? { layers.last?.compression }

  /// Whether its bytes can be reached without decompressing others before them.
  var isDirect: Bool { layers.dropLast().allSatisfy { $0.compression == nil } }
}
