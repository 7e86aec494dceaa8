/// How the text of a policy is written, where a dialect leaves a choice.
package enum PolicyNotation: String, Sendable, CaseIterable {
  case json, yaml, terraform, cedar

  /// What the name of a file in it ends in.
  package var fileEnding: String {
    switch self {
    case .json: ".json"
    case .yaml: ".yaml"
    case .terraform: ".tf"
    case .cedar: ".cedar"
    }
  }
}

extension PolicyDialect {
  /// The notations of the dialect, the usual one first.
  package var notations: [PolicyNotation] {
    switch self {
    case .emulator: [.yaml]
    case .gcp: [.yaml, .terraform]
    case .aws: [.json, .terraform]
    case .kubernetes: [.yaml, .json]
    case .cedar: [.cedar]
    }
  }
}
