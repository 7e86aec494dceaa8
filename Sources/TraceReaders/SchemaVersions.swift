/// Which schema versions of a format are read, and what becomes of all others.
///
/// The one place where versions are negotiated: a newer minor version is read as far as it is
/// known and reported, another major version is refused, and so is a name that is not known.
package enum SchemaVersions: Sendable, Equatable {
  /// Artifacts of the format name no version.
  case unnamed
  /// `MAJOR.MINOR`, or `MAJOR` alone for its minor version 0; minor versions up to the newest are
  /// read in full.
  case numbered(major: UInt32, newestMinor: UInt32)
  /// Names, each of which is read in full.
  case named([String])

  /// What becomes of a record that names a version.
  package enum Verdict: Sendable, Equatable {
    /// Read in full.
    case known
    /// Read as far as it is known, and reported.
    case newer
    /// Refused.
    case unsupported
    /// The text is no version at all.
    case malformed
  }

  /// What becomes of a record of this version.
  package func judge(_ version: String) -> Verdict {
    switch self {
    case .unnamed: return .malformed
    case .named(let names): return names.contains(version) ? .known : .unsupported
    case .numbered(let major, let newestMinor):
      let parts = version.split(separator: ".", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let found = UInt32(parts[0]),
        let minor = parts.count == 2 ? UInt32(parts[1]) : 0
      else { return .malformed }
      if found != major { return .unsupported }
      return minor > newestMinor ? .newer : .known
    }
  }
}
