import ArgumentParser
import Ingestion
import Reports
import TraceModel

struct ArtifactVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Print digests of files; compare with a manifest, exit status 1 if they differ.",
    discussion: """
      Files are taken as they are: an archive is one file, and a file that no reader
      knows counts as well. A manifest is what sha256sum writes and 'sha256sum -c'
      checks, with the paths as they were given.

      EXAMPLES
        vestige artifact verify run-1/
        vestige artifact verify run-1/ --write-manifest run-1.sha256
        vestige artifact verify run-1/ --manifest run-1.sha256
        vestige artifact verify runs/ --format json
      """)

  @Argument(help: "Files, and folders with all files in them.", completion: .file())
  var paths: [String]

  @Option(
    help: ArgumentHelp("Compare with what FILE says.", valueName: "file"), completion: .file())
  var manifest: String?

  @Option(
    help: ArgumentHelp("Write what was found to FILE, as sha256sum does.", valueName: "file"),
    completion: .file())
  var writeManifest: String?

  @Flag(help: "Replace the manifest when it exists.")
  var force = false

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard manifest == nil || writeManifest == nil else {
      throw ValidationError("--manifest reads and --write-manifest writes; give one of them")
    }
  }

  func run() throws {
    // Read first: a manifest that is none must not cost the reading of all files.
    let manifest = try manifest.map { path throws(IngestionError) in try Manifest(path: path) }
    let files = try paths.flatMap { path throws(IngestionError) in
      try FileDigest.all(at: path, except: self.manifest ?? writeManifest)
    }
    if let writeManifest {
      let entries = files.map { Manifest.Entry(digest: $0.digest, path: $0.path) }
      try FileOutput.write(Manifest(entries: entries).text, to: writeManifest, replacing: force)
    }
    let verification =
      manifest.map { Verification(files, at: paths, against: $0) } ?? Verification(files)
    try report.print(ArtifactVerifyCommand.report(verification))
    if verification.hasFindings { throw ExitCode.finding }
  }

  private static func report(_ verification: Verification) -> Report {
    let table = Report.Table(
      key: "files", title: "",
      columns: [
        Report.Column("state", "state"), Report.Column("size_bytes", "size"),
        Report.Column("sha256", "sha256"), Report.Column("file", "file"),
        Report.Column("expected_sha256", "expected"),
      ],
      rows: verification.findings.map { finding in
        [
          .optional(finding.state?.rawValue ?? ""), finding.file.map { .bytes($0.size) } ?? .none,
          .optional(finding.file?.digest ?? ""), .path(finding.path),
          .optional(finding.state == .same ? "" : finding.expected ?? ""),
        ]
      })
    return Report(
      kind: "artifact-verify/1", title: "",
      parts: [.table(table), .notes(key: "notes", title: "", notes(verification))])
  }

  private static func notes(_ verification: Verification) -> [String] {
    guard verification.findings.contains(where: { $0.state != nil }) else { return [] }
    let counts = [Verification.State.same, .changed, .missing, .extra].map {
      "\(QuantityText.count(verification.count($0))) \($0.rawValue)"
    }
    var notes = [counts.joined(separator: ", ")]
    if verification.unasked > 0 {
      notes.append(
        "\(QuantityText.count(verification.unasked)) more in the manifest, elsewhere; not looked at"
      )
    }
    return notes
  }
}
