/// The files of an existing policy, with what they do not say themselves.
package struct PolicyInput: Sendable {
  package var files: [PolicyFile]
  /// What the policy is attached to, where the files do not say: the ARN of a user or role (AWS), a
  /// resource (Google Cloud).
  package var holder: Name?
  /// Principals that were recorded: a file's name tells those of AWS but for their paths.
  package var principals: [Name]

  package init(files: [PolicyFile], holder: Name? = nil, principals: [Name] = []) {
    self.files = files
    self.holder = holder
    self.principals = principals
  }

  /// One file of no name.
  package init(text: String) { self.init(files: [PolicyFile(name: "", text: text)]) }

  /// The text of the only file.
  ///
  /// - Throws: `PolicyReadError` when there are several, or none.
  func only(in reader: String) throws(PolicyReadError) -> String {
    guard let file = files.first, files.count == 1 else {
      throw PolicyReadError("\(files.count) files, where \(reader) reads one")
    }
    return file.text
  }

  /// What is wrong, with the file's name where there are several.
  func fault(_ file: PolicyFile, _ problem: String) -> PolicyReadError {
    PolicyReadError(files.count > 1 && !file.name.isEmpty ? "\(file.name): \(problem)" : problem)
  }
}
