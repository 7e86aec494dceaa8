import Testing
import TraceReaders

@Suite("Schema versions") struct SchemaVersionsTests {
  @Test(
    "numbered: newer minor versions are read, other major versions are not",
    arguments: [
      ("1.0", .known), ("1", .known), ("1.11", .known), ("1.12", .newer), ("1.4294967295", .newer),
      ("0.9", .unsupported), ("2.0", .unsupported), ("2", .unsupported), ("", .malformed),
      ("1.", .malformed), (".1", .malformed), ("1.0.0", .malformed), ("1.-1", .malformed),
      ("v1.0", .malformed), ("1.4294967296", .malformed),
    ] as [(String, SchemaVersions.Verdict)])
  func numbered(version: String, verdict: SchemaVersions.Verdict) {
    #expect(SchemaVersions.numbered(major: 1, newestMinor: 11).judge(version) == verdict)
  }

  @Test("named: exactly these")
  func named() {
    let versions = SchemaVersions.named(["a/v1", "a/v1beta1"])
    #expect(versions.judge("a/v1beta1") == .known)
    #expect(versions.judge("a/v2") == .unsupported)
    #expect(versions.judge("") == .unsupported)
  }
}
