/// Files as they are, compared with what a manifest says of them.
package struct Verification: Sendable, Equatable {
  package enum State: String, Sendable {
    case same, changed, missing, extra
  }

  /// A path with what is there and what should be.
  package struct Finding: Sendable, Equatable {
    package let path: String
    /// Nil when there was nothing to compare with.
    package let state: State?
    /// Nil when it is missing.
    package let file: FileDigest?
    /// The digest that the manifest names.
    package let expected: String?
  }

  /// Files in their order; then what is missing, by path.
  package let findings: [Finding]
  /// Lines of the manifest about files elsewhere than in the paths that were asked for.
  package let unasked: Int

  /// Digests alone.
  package init(_ files: [FileDigest]) {
    findings = files.map { Finding(path: $0.path, state: nil, file: $0, expected: nil) }
    unasked = 0
  }

  /// - Parameter paths: where the files were looked for.
  package init(_ files: [FileDigest], at paths: [String], against manifest: Manifest) {
    var expected: [String: String] = [:]
    for entry in manifest.entries { expected[FileDigest.plainPath(entry.path)] = entry.digest }
    var findings: [Finding] = files.map { file in
      let digest = expected[file.path]
      let state: State = digest.map { $0 == file.digest ? .same : .changed } ?? .extra
      return Finding(path: file.path, state: state, file: file, expected: digest)
    }
    let present = Set(files.map(\.path))
    let roots = paths.map(FileDigest.plainPath)
    let absent = expected.filter { !present.contains($0.key) }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let missing = absent.filter { path, _ in
      roots.contains { root in
        root == path || root == "/" || path.hasPrefix(root + "/")
          || root == "." && !path.hasPrefix("/")
      }
    }
    findings += missing.map {
      Finding(path: $0.key, state: .missing, file: nil, expected: $0.value)
    }
    self.findings = findings
    unasked = absent.count - missing.count
  }

  package func count(_ state: State) -> Int { findings.count { $0.state == state } }

  /// Whether anything is not as the manifest says.
  package var hasFindings: Bool {
    findings.contains { $0.state != nil && $0.state != .same }
  }
}
