import WireFormats

/// A policy document with whose it is, from a file.
struct AWSAttachedDocument: Sendable {
  let principal: Name
  /// Where its statements are, for messages; empty for the only document of the only file.
  let place: String
  let document: IAMDocument

  /// All documents of `input`: policy documents as AWS takes them, and the document that holds the
  /// policies of all principals.
  ///
  /// - Throws: `PolicyReadError`, also when it cannot be told whose a document is.
  static func all(in input: PolicyInput) throws(PolicyReadError) -> [AWSAttachedDocument] {
    var documents: [AWSAttachedDocument] = []
    let names = Set(input.files.map(\.name))
    for file in input.files {
      let value = try tree(of: file, input)
      do throws(IAMDocumentError) {
        if value["format"]?.text == "vestige-aws-policies/1" {
          documents += try all(in: value)
          continue
        }
        let principal =
          input.holder
          ?? AWSFileName.principal(of: file.name, among: names, recorded: input.principals)
        guard let principal else {
          throw IAMDocumentError(
            place: "",
            problem: "a policy document does not say whose it is: give the ARN of its user or role "
              + "with --attached-to, or keep the name that 'policy generate --output DIR/' gives "
              + "its file, such as role-111122223333-deployer.json")
        }
        documents.append(
          AWSAttachedDocument(
            principal: principal, place: input.files.count > 1 ? file.name : "",
            document: try IAMDocument(value)))
      } catch { throw input.fault(file, "\(error)") }
    }
    return documents
  }

  private static func tree(
    of file: PolicyFile, _ input: PolicyInput
  ) throws(PolicyReadError) -> JSONValue {
    let bytes = Array(file.text.utf8)
    do throws(JSONFault) { return try JSONValue(bytes.span.bytes) } catch {
      throw input.fault(file, error.explanation(in: bytes.span.bytes))
    }
  }

  /// The documents of what `policy generate` prints.
  private static func all(in value: JSONValue) throws(IAMDocumentError) -> [AWSAttachedDocument] {
    guard case .array(let policies)? = value["policies"] else {
      throw IAMDocumentError(place: "policies", problem: "is no list")
    }
    var documents: [AWSAttachedDocument] = []
    for (number, policy) in policies.enumerated() {
      guard let principal = policy["principal"]?.text, let document = policy["document"] else {
        throw IAMDocumentError(
          place: "policies[\(number)]", problem: "has not both principal and document")
      }
      do throws(IAMDocumentError) {
        documents.append(
          AWSAttachedDocument(
            principal: Name(principal), place: policy["file"]?.text ?? "policies[\(number)]",
            document: try IAMDocument(document)))
      } catch {
        throw IAMDocumentError(
          place: "policies[\(number)].document.\(error.place)", problem: error.problem)
      }
    }
    return documents
  }
}
