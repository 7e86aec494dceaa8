import Explorer
import Foundation
import TestSupport
import Testing

@Suite("The document of the keys")
struct KeyDocumentTests {
  @Test("docs/keybindings.md is what the keymap says; RECORD_GOLDEN=1 writes it")
  func isFresh() {
    expectGolden(
      KeyTable.markdown(.standard), named: "keybindings.md", in: "docs",
      filePath: RealArtifacts.packageRoot.path + "/Package.swift")
  }
}
