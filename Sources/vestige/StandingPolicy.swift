import ArgumentParser
import Glibc
import Ingestion
import PolicyAnalysis
import TraceIndex

/// What tells which existing policy is meant, besides its path.
struct StandingPolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The language of the policy, where the file does not show it: "
        + PolicyDialect.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var dialect: PolicyDialect?

  @Option(
    name: .customLong("attached-to"),
    help: ArgumentHelp(
      "What the policy is attached to, where the file does not say: the ARN of a user or role (aws), "
        + "a resource such as projects/shop (gcp).", valueName: "name"))
  var attachedTo: String?

  /// The policy at `path`, a file or a folder of files, for decisions of `indexes`.
  ///
  /// - Throws: `ArtifactError` or `UnreadablePolicy`.
  func policy(at path: String, for indexes: [TraceIndex]) throws -> StandingPolicy {
    let files = try StandingPolicy.files(at: path)
    guard let dialect = dialect ?? PolicyDialect.recognised(in: files) else {
      throw UnreadablePolicy(
        path: path, title: "any language that is known",
        problem: "nothing in it tells which it is; name it with --dialect")
    }
    let input = PolicyInput(
      files: files, holder: attachedTo.map { Name($0) },
      principals: PolicyInput.principals(of: indexes))
    do throws(PolicyReadError) {
      return StandingPolicy(
        path: path, dialect: dialect, engine: try dialect.engine(reading: input))
    } catch {
      throw UnreadablePolicy(path: path, title: dialect.title, problem: error.problem)
    }
  }
}

/// An existing policy from a file or a folder.
struct StandingPolicy {
  let path: String
  let dialect: PolicyDialect
  let engine: any PolicyEngine

  /// The largest policy file; a path to something else must not be read into memory.
  private static let sizeLimit = 64 << 20
  private static let endings = [".yaml", ".yml", ".json", ".cedar"]

  /// The file, or all policy files of the folder in order of names.
  static func files(at path: String) throws -> [PolicyFile] {
    guard let names = names(inFolder: path) else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return [PolicyFile(name: name, text: try text(at: path))]
    }
    let chosen = names.filter { name in endings.contains(where: name.hasSuffix) }.sorted {
      Name($0) < Name($1)
    }
    guard !chosen.isEmpty else {
      throw UnreadablePolicy(
        path: path, title: "any language that is known",
        problem: "no file of the folder ends in " + endings.joined(separator: ", "))
    }
    return try chosen.map { PolicyFile(name: $0, text: try text(at: path + "/" + $0)) }
  }

  /// The whole file.
  static func text(at path: String) throws -> String {
    String(
      decoding: try ArtifactFile(path: path).bytes(at: 0, length: sizeLimit), as: UTF8.self)
  }

  /// Nil when `path` is no folder.
  private static func names(inFolder path: String) -> [String]? {
    guard let folder = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
        unsafe Array(buffer.prefix { $0 != 0 })
      }
      names.append(String(decoding: bytes, as: UTF8.self))
    }
    return names
  }
}

/// Files that are no policy of the dialect that they were taken for.
struct UnreadablePolicy: Error, CustomStringConvertible {
  let path: String
  /// What people call the dialect.
  let title: String
  let problem: String

  var description: String { "\(path): no policy of \(title) that can be read: \(problem)" }
}
