import Foundation

/// The package's files as this checkout has them.
enum PackageFiles {
  /// The folder of Package.swift.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Folders of the build, of version control and of generated inputs.
  private static let passedOver: Set<String> = [".build", ".git", "data", "__pycache__"]

  /// All files below a folder, relative to the root, sorted.
  static func paths(below folder: String = "", ending suffix: String = "") throws -> [String] {
    var found: [String] = []
    let names = try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)
    for name in names where !passedOver.contains(name) && !name.hasPrefix(".build") {
      let path = folder.isEmpty ? name : folder + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder) else {
        continue
      }
      if isFolder.boolValue {
        found += try paths(below: path, ending: suffix)
      } else if path.hasSuffix(suffix) {
        found.append(path)
      }
    }
    return found.sorted()
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try data(path), as: UTF8.self)
  }

  static func data(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: root + "/" + path))
  }

  static func source(_ path: String) throws -> SwiftSource {
    SwiftSource(path: path, text: try text(path))
  }

  /// The Swift files of a module.
  static func sources(ofModule module: String) throws -> [SwiftSource] {
    let folder = module == "BuiltInThemes" ? "themes" : "Sources/" + module
    return try paths(below: folder, ending: ".swift").map(source)
  }

  /// The modules of this package that each target of Package.swift depends on.
  ///
  /// Read from the text: every target is written as `name: "X"`, then perhaps `dependencies: [...]`.
  static func declaredDependencies() throws -> [String: Set<String>] {
    let manifest = try text("Package.swift")
    var declared: [String: Set<String>] = [:]
    for part in manifest.split(separator: /\.(?:executableTarget|testTarget|target)\(/).dropFirst()
    {
      guard let name = part.firstMatch(of: /name:\s*"(\w+)"/) else { continue }
      let list = part.firstMatch(of: /dependencies:\s*\[([^\]]*)\]/)?.1 ?? ""
      declared[String(name.1)] = Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
    }
    return declared
  }
}
