import Foundation
import PolicyAnalysis
import Testing

@Suite("Budgets") struct GeneralizationBudgetTests {
  /// Forty objects of one folder, and ten of another of which something was denied.
  private func trail() -> Trail {
    var trail = Trail()
    for number in 0..<40 {
      trail.call("s3", "GetObject", ["bucketName": "logs", "key": "open/\(number)"])
    }
    for number in 0..<10 {
      trail.call("s3", "GetObject", ["bucketName": "logs", "key": "mixed/\(number)"])
    }
    trail.call(
      "s3", "GetObject", ["bucketName": "logs", "key": "mixed/secret"], error: "AccessDenied")
    return trail
  }

  private func size(_ policy: GeneratedPolicy) -> Int {
    policy.files.reduce(0) { sum, file in
      sum + file.text.unicodeScalars.count { !" \t\r\n".unicodeScalars.contains($0) }
    }
  }

  @Test("what fits stays as it is")
  func fits() throws {
    let exact = try trail().policy()
    let policy = try trail().policy { $0.generalization.budget = .size(size(exact)) }
    #expect(policy.files == exact.files)
    #expect(policy.statements.allSatisfy { $0.step == nil && $0.objection == nil })
    #expect(try trail().policy { $0.generalization.budget = .limit }.files == exact.files)
  }

  @Test("what does not is generalized on the cheapest rung, where nothing was denied")
  func cheapest() throws {
    let exact = try trail().policy()
    let policy = try trail().policy { $0.generalization.budget = .size(size(exact) - 1) }
    #expect(size(policy) < size(exact))
    let steps = policy.statements.compactMap(\.step)
    #expect(steps.count == 40)
    #expect(Set(steps.map(\.pattern.text)) == ["arn:aws:s3:::logs/open/*"])
    #expect(
      steps.allSatisfy { $0.price == Price(covered: 40, admitted: 0, denied: 0, isBounded: false) })
    #expect(policy.replay.isExact)
    #expect(policy.document.contains("--budget \(size(exact) - 1)"))
    let warnings = policy.warnings.filter { $0.kind == .generalized }
    #expect(warnings.map(\.statements.count) == [40])
  }

  @Test("what cannot be made to fit stays exact, and says so")
  func hopeless() throws {
    let exact = try trail().policy()
    let policy = try trail().policy { $0.generalization.budget = .size(100) }
    #expect(policy.files == exact.files)
    #expect(policy.statements.allSatisfy { $0.objection == .budget })
    #expect(policy.warnings.contains { $0.kind == .notGeneralized })
  }
}
