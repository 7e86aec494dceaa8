import ArgumentParser
import Glibc
import Ingestion
import PolicyAnalysis
import Reports
import TraceModel

/// What policies for AWS are made with: actions, resource types, condition keys.
struct CatalogueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog",
    abstract: "What is known of AWS's actions, and how old that is.",
    subcommands: [InspectCommand.self, UpdateCommand.self])

  struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Say which catalogue policies are made with, and where its facts are from.",
      discussion: """
        EXAMPLES
          vestige policy catalog inspect
        """)

    @OptionGroup var report: ReportOptions

    func run() throws {
      let (file, path) = try InstalledCatalogue.current()
      try report.print(
        Report(
          kind: "catalogue/1", title: "",
          parts: [
            .facts(
              key: "catalogue", title: "",
              [
                Report.Fact("catalogue", "catalogue", .text("aws-iam")),
                Report.Fact("date", "facts of", .text(file.date)),
                Report.Fact("services", "services", .integer(file.serviceCount)),
                Report.Fact("actions", "actions", .integer(file.actionCount)),
                Report.Fact("sha256", "SHA-256", .text(file.digest)),
                Report.Fact(
                  "path", "from", path.map { .path($0) } ?? .text("part of the program")),
              ]),
            .table(
              Report.Table(
                key: "sources", title: "Sources",
                columns: [
                  Report.Column("source", "source"), Report.Column("licence", "licence"),
                  Report.Column("facts", "facts"),
                ], rows: file.sources.map { [.text($0.name), .text($0.licence), .text($0.facts)] })),
          ]))
    }
  }

  struct UpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update",
      abstract: "Make policies with another catalogue from now on.",
      discussion: """
        The file is one that Sources/CCatalogues/aws-iam.py has written. It is checked and
        copied to $XDG_CONFIG_HOME/vestige, or ~/.config/vestige; nothing is fetched.
        To go back to the catalogue of the program, delete the copy.

        EXAMPLES
          vestige policy catalog update aws-iam.tsv
        """)

    @Argument(help: "The catalogue to use.", completion: .file())
    var file: String

    @Flag(help: "Take it though its facts are older than those in use.")
    var force = false

    func run() throws {
      let (new, bytes) = try InstalledCatalogue.read(file)
      if let used = InstalledCatalogue.usableDate, new.date < used, !force {
        throw CatalogueError.older(path: file, date: new.date, used: used)
      }
      let place = try InstalledCatalogue.install(bytes)
      try StandardStream.output.send(
        "\(visibleText(place)): facts of \(visibleText(new.date)), "
          + "\(QuantityText.count(new.serviceCount)) services, "
          + "\(QuantityText.count(new.actionCount)) actions\n")
    }
  }
}

/// The catalogue that a user has put in place of the program's own.
enum InstalledCatalogue {
  /// The largest file; a path to something else must not be read into memory.
  private static let sizeLimit = 1 << 24

  /// The catalogue in use, and its path unless it is part of the program.
  ///
  /// - Throws: `CatalogueError` or `IngestionError` when the user's is there and cannot be used.
  static func current() throws -> (file: AWSCatalogueFile, path: String?) {
    guard let path = folder.map({ $0 + "/aws-iam.tsv" }), access(path, F_OK) == 0 else {
      return (.builtIn, nil)
    }
    return (try read(path).file, path)
  }

  /// The date of the catalogue in use; nil when that is damaged, which a new one mends.
  static var usableDate: String? {
    do { return try current().file.date } catch { return nil }
  }

  /// - Throws: `CatalogueError` or `IngestionError` when it cannot be used.
  static func read(_ path: String) throws -> (file: AWSCatalogueFile, bytes: [UInt8]) {
    let bytes = try ArtifactFile(path: path).bytes(at: 0, length: sizeLimit)
    let file: AWSCatalogueFile
    do throws(AWSCatalogueError) { file = try AWSCatalogueFile(bytes) } catch {
      throw CatalogueError.unusable(path: path, error)
    }
    var digest = SHA256()
    digest.update(bytes[file.body])
    guard digest.hexadecimal == file.digest else { throw CatalogueError.altered(path: path) }
    return (file, bytes)
  }

  /// - Returns: where it is now.
  static func install(_ bytes: [UInt8]) throws(OutputError) -> String {
    guard let folder else {
      throw .unwritable(path: "$XDG_CONFIG_HOME", reason: "neither it nor $HOME is set")
    }
    let path = folder + "/aws-iam.tsv"
    for end in folder.indices.dropFirst() where folder[end] == "/" {
      mkdir(String(folder[..<end]), 0o755)
    }
    mkdir(folder, 0o755)
    try FileOutput.write(String(decoding: bytes, as: UTF8.self), to: path, replacing: true)
    return path
  }

  private static var folder: String? {
    func variable(_ name: String) -> String? {
      unsafe getenv(name).map { unsafe String(cString: $0) }
    }
    if let config = variable("XDG_CONFIG_HOME"), config.hasPrefix("/") {
      return config + "/vestige"
    }
    return variable("HOME").flatMap { $0.isEmpty ? nil : $0 + "/.config/vestige" }
  }
}

/// Why a catalogue cannot be used.
enum CatalogueError: Error, Equatable, CustomStringConvertible {
  case unusable(path: String, AWSCatalogueError)
  case altered(path: String)
  case older(path: String, date: String, used: String)

  var description: String {
    switch self {
    case .unusable(let path, let reason): "\(visibleText(path)): \(visibleText("\(reason)"))"
    case .altered(let path):
      "\(visibleText(path)): its SHA-256 is not the one in its header; copy it again or delete it"
    case .older(let path, let date, let used):
      "\(visibleText(path)): its facts are of \(visibleText(date)), those in use of "
        + "\(visibleText(used)); --force takes it"
    }
  }
}
