import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Proof of least privilege") struct LeastPrivilegeProofTests {
  @Test("explore", arguments: Recordings.names, [PolicyDialect.emulator, .gcp, .cedar])
  func explore(name: String, dialect: PolicyDialect) throws {
    guard let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: dialect)
    show(name, dialect, try LeastPrivilegeProof(policy))
  }

  func show(_ name: String, _ dialect: PolicyDialect, _ proof: LeastPrivilegeProof) {
    let m = proof.minimality
    print("====", name, dialect, proof.verdict)
    print(m.principals, m.permissions, m.resources, m.contexts, m.universe ?? -1, m.asked, m.witnesses)
    for d in m.declared { print("  declared", d.reach, d.requests, d.example, d.statement) }
    for d in m.violations.prefix(3) { print("  violation", d) }
    for d in proof.necessity.idle.prefix(5) { print("  idle", d) }
  }

  @Test("k8s")
  func k8s() throws {
    let p = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/k8s").standardizedFileURL.path
    let policy = try AuditLog.policy(of: p + "/kube-apiserver/before/audit.log")
    show("k8s", .kubernetes, try LeastPrivilegeProof(policy))
  }
  @Test("aws", arguments: [
    "cloud-custodian", "crowdsec-hub", "invictus-aws_dataset", "plaso", "stratus-red-team",
    "trailscraper",
  ])
  func aws(name: String) throws {
    let p = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/cloudtrail").standardizedFileURL.path
    let indexes = try Trail.ingest(p + "/" + name)
    let policy = try PolicyGenerator.generate(
      from: indexes, PolicyRequest(dialect: .aws, paths: [name]))
    let start = ContinuousClock.now
    show(name, .aws, try LeastPrivilegeProof(policy))
    print(ContinuousClock.now - start)
  }
}
