import ExplorerViews
import Foundation
import Testing

@Suite struct InvalidThemeTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("InvalidThemes")

  private static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".toml") }.sorted()
  }

  /// The first line of each file is a comment with the message expected.
  @Test("Every broken theme says where it is broken and what to do", arguments: try files())
  func message(file: String) throws {
    let text = try text(of: file)
    let expected = try #require(text.split(separator: "\n").first?.dropFirst("# ".count))
    let name = String(file.dropLast(".toml".count))
    do {
      _ = try ThemeLoader.load(text, name: name, parentText: parentText)
      Issue.record("\(file) loads")
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test("Nothing a theme file holds ends the program")
  func anyText() throws {
    var random = SplitMix(state: 3)
    let original = try #require(ThemeLoader.builtInText(named: "dark"))
    for _ in 0..<300 {
      var bytes = Array(original.utf8.prefix(900))
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
          in: 0x20..<0x7F, using: &random)
      }
      do {
        _ = try ThemeLoader.load(String(decoding: bytes, as: UTF8.self), name: "broken")
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  private func text(of file: String) throws -> String {
    try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
  }

  private func parentText(_ name: String) -> String? {
    do {
      return try text(of: name + ".toml")
    } catch {
      return nil
    }
  }
}
