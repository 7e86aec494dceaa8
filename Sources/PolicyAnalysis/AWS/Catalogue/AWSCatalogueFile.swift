import CCatalogues

/// A file with what is known of AWS IAM: actions, resource types, condition keys, renamed calls.
///
/// `Sources/CCatalogues/aws-iam.py` writes it; `docs/policy.md` describes it.
package struct AWSCatalogueFile: Sendable {
  /// What the file was made from: name and version, licence, what was taken.
  package struct Source: Sendable, Equatable {
    package let name: String
    package let licence: String
    package let facts: String
  }

  /// Year, month and day of the facts.
  package let date: String
  package let sources: [Source]
  /// SHA-256 of all that follows the header, as the header says.
  package let digest: String
  /// How many services it has.
  package var serviceCount: Int { services.count }
  /// How many actions it has.
  package let actionCount: Int

  let bytes: [UInt8]
  /// The lines of each service, by prefix.
  let services: [String: Range<Int>]
  /// The lines of renamed calls.
  let renames: Range<Int>
  /// Where the digest begins to count.
  package let body: Range<Int>

  /// The one that is part of the program.
  package static let builtIn: AWSCatalogueFile = {
    let bytes = unsafe [UInt8](
      UnsafeRawBufferPointer(start: catalogue_aws_iam, count: catalogue_aws_iam_size))
    do throws(AWSCatalogueError) { return try AWSCatalogueFile(bytes) } catch {
      return AWSCatalogueFile()
    }
  }()

  /// Reads the header and finds the services.
  ///
  /// - Throws: `AWSCatalogueError` when it is no such file or of another version. The digest is not
  ///   computed here.
  package init(_ bytes: [UInt8]) throws(AWSCatalogueError) {
    self.bytes = bytes
    var lines = CatalogueLines(bytes, 0..<bytes.count)
    guard let first = lines.next(), first.prefix(2) == ["vestige-catalogue", "aws-iam"] else {
      throw .foreign
    }
    guard first.count == 3, first[2] == "1" else { throw .version(first.last ?? "") }
    var date = ""
    var digest = ""
    var sources: [Source] = []
    while digest.isEmpty {
      guard let line = lines.next(), line.count >= 2 else { throw .damaged(byte: lines.position) }
      switch line[0] {
      case "date": date = line[1]
      case "source" where line.count == 4:
        sources.append(Source(name: line[1], licence: line[2], facts: line[3]))
      case "sha256": digest = line[1]
      default: throw .damaged(byte: lines.position)
      }
    }
    guard !date.isEmpty else { throw .damaged(byte: lines.position) }
    (self.date, self.digest, self.sources) = (date, digest, sources)
    body = lines.position..<bytes.count
    (services, renames, actionCount) = try AWSCatalogueFile.parts(bytes, body)
  }

  /// Knows nothing: every action is unverified.
  private init() {
    (date, sources, digest, actionCount, bytes) = ("", [], "", 0, [])
    (services, renames, body) = ([:], 0..<0, 0..<0)
  }

  /// One pass over the first byte of each line.
  private static func parts(
    _ bytes: [UInt8], _ body: Range<Int>
  ) throws(AWSCatalogueError) -> ([String: Range<Int>], Range<Int>, Int) {
    var services: [String: Range<Int>] = [:]
    var open: (prefix: String, start: Int)?
    var actions = 0
    var renames = body.upperBound
    var position = body.lowerBound
    while position < body.upperBound {
      let start = position
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw .damaged(byte: start)
      }
      position = end + 1
      switch bytes[start] {
      case UInt8(ascii: "S"):
        if let open { services[open.prefix] = open.start..<start }
        let fields = CatalogueLines.fields(bytes[start..<end])
        guard fields.count >= 2 else { throw .damaged(byte: start) }
        open = (fields[1], start)
      case UInt8(ascii: "A"): actions += 1
      case UInt8(ascii: "R"): break
      case UInt8(ascii: "E"): renames = min(renames, start)
      default: throw .damaged(byte: start)
      }
    }
    if let open { services[open.prefix] = open.start..<renames }
    guard !services.isEmpty else { throw .damaged(byte: body.lowerBound) }
    return (services, renames..<body.upperBound, actions)
  }
}

/// Why a file is no catalogue of AWS IAM that can be used.
package enum AWSCatalogueError: Error, Equatable, Sendable {
  case foreign
  case version(String)
  case damaged(byte: Int)
}

extension AWSCatalogueError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .foreign: "no catalogue of AWS IAM: its first line is not 'vestige-catalogue aws-iam 1'"
    case .version(let version):
      "a catalogue of version '\(version)'; this program reads version 1"
    case .damaged(let byte): "damaged at byte \(byte); make it anew or copy it again"
    }
  }
}

/// Lines of a catalogue, split at tabs.
struct CatalogueLines {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  mutating func next() -> [String]? {
    guard position < end else { return nil }
    let line = bytes[position..<end].prefix { $0 != UInt8(ascii: "\n") }
    position = line.endIndex + 1
    return CatalogueLines.fields(line)
  }

  static func fields(_ line: ArraySlice<UInt8>) -> [String] {
    line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
