/// What may not stand in the code of `Sources`.
struct CodeRule {
  let forbidden: String
  let reason: String
  /// The files, relative to the package's root, in which it may stand all the same.
  var exceptions: Set<String> = []

  func isBroken(by line: String) -> Bool {
    guard line.contains(forbidden) else { return false }
    var rest = line[...]
    while let range = rest.firstRange(of: forbidden) {
      // `as!` is not part of `alias!`.
      let before = rest[..<range.lowerBound].last
      if forbidden.first?.isLetter != true || !(before?.isLetter ?? false) { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}

let codeRules: [CodeRule] = [
  CodeRule(forbidden: "@unchecked Sendable", reason: "make the type a value, or use Mutex"),
  CodeRule(forbidden: "try!", reason: "throw a typed error"),
  CodeRule(forbidden: "as!", reason: "use a type that says it"),
  CodeRule(forbidden: "fatalError(", reason: "no input may end the program"),
  CodeRule(forbidden: "@preconcurrency", reason: "isolate what is not Sendable"),
  CodeRule(
    forbidden: "Task.detached", reason: "keep the task in its tree, so that it is cancelled"),
  CodeRule(
    forbidden: "nonisolated(unsafe)", reason: "no shared mutable state",
    exceptions: [
      "Sources/TraceIndex/MappedFile.swift", "Sources/TraceModel/Memory/SpillArray.swift",
      "Sources/TraceModel/Memory/SpillBuffer.swift",
    ]),
]

/// Lines of a file; files that are one table may be longer.
let longestFile = 700
let tables: Set<String> = ["Sources/Terminal/DisplayWidthTable.swift"]

/// Lines of a function.
let longestFunction = 80

/// One place that breaks a rule: `path:line: what`.
struct Violation: CustomStringConvertible {
  let path: String
  let line: Int
  let what: String

  var description: String { "\(path):\(line): \(what)" }
}

/// Imports of `source`, a file of `rule.module`, that its row does not allow.
func importViolations(in source: SwiftSource, rule: ModuleRule) -> [Violation] {
  source.imports.compactMap { line, module in
    guard !rule.own.contains(module), !rule.foreign.contains(module) else { return nil }
    let allowed = rule.own.union(rule.foreign).sorted().joined(separator: ", ")
    return Violation(
      path: source.path, line: line,
      what: "\(rule.module) may not import \(module); it may import: \(allowed)")
  }
}

/// Code of `source` that breaks a rule, and what is too long.
func codeViolations(in source: SwiftSource) -> [Violation] {
  var violations: [Violation] = []
  for (number, line) in source.code.enumerated() {
    for rule in codeRules where rule.isBroken(by: line) && !rule.exceptions.contains(source.path) {
      violations.append(
        Violation(
          path: source.path, line: number + 1, what: "\(rule.forbidden): \(rule.reason)"))
    }
  }
  if source.code.count > longestFile, !tables.contains(source.path) {
    violations.append(
      Violation(path: source.path, line: longestFile, what: "\(source.code.count) lines"))
  }
  for function in source.functions where function.length > longestFunction {
    violations.append(
      Violation(
        path: source.path, line: function.line, what: "a function of \(function.length) lines"))
  }
  return violations
}
