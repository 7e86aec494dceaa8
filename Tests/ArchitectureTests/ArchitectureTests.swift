import Foundation
import Testing

@Suite("Architecture") struct ArchitectureTests {
  @Test("imports run only along the arrows of the table", arguments: moduleTable.map(\.module))
  func imports(module: String) throws {
    let rule = try #require(moduleTable.first { $0.module == module })
    let sources = try PackageFiles.sources(ofModule: module)
    #expect(!sources.isEmpty)
    let violations = sources.flatMap { importViolations(in: $0, rule: rule) }
    #expect(violations.isEmpty, "\(violations.map(\.description).joined(separator: "\n"))")
  }

  @Test("Package.swift declares the same arrows")
  func manifest() throws {
    let declared = try PackageFiles.declaredDependencies()
    for rule in moduleTable {
      #expect(declared[rule.module] == rule.own, "dependencies of \(rule.module)")
    }
  }

  @Test("every folder of Sources has a row in the table")
  func everyModuleHasARow() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: PackageFiles.root + "/Sources")
    let rows = Set(moduleTable.map(\.module) + moduleTableC + ["BuiltInThemes"])
    #expect(rows == Set(folders + ["BuiltInThemes"]))
  }

  @Test("the table has no circle, and every module that it names")
  func noCircles() {
    var rest = moduleTable
    var settled = Set(moduleTableC)
    while let next = rest.firstIndex(where: { $0.own.isSubset(of: settled) }) {
      settled.insert(rest.remove(at: next).module)
    }
    #expect(rest.map(\.module) == [])
  }

  @Test("no code of Sources uses what is forbidden, and nothing is too long")
  func code() throws {
    let violations = try PackageFiles.paths(below: "Sources", ending: ".swift")
      .flatMap { codeViolations(in: try PackageFiles.source($0)) }
    #expect(violations.isEmpty, "\(violations.map(\.description).joined(separator: "\n"))")
  }

  @Test("no committed file names a place of the machine it was written on")
  func machinePaths() throws {
    let parent = URL(fileURLWithPath: PackageFiles.root).deletingLastPathComponent().path
    let shared: Set<String> = ["/", "/tmp", "/home", "/usr/src", "/src", "/opt", "/Users"]
    let places = [PackageFiles.root, parent, NSHomeDirectory()]
      .filter { !shared.contains($0) }.map { $0 + "/" }
    for path in try PackageFiles.paths() {
      let data = try PackageFiles.data(path)
      for place in places {
        #expect(data.range(of: Data(place.utf8)) == nil, "\(path) contains \(place)")
      }
    }
  }
}

@Suite("The scanner of the architecture tests") struct ScannerTests {
  /// Every forbidden thing once, and each again where it is only words.
  private static let bad = SwiftSource(
    path: "Sources/Terminal/Bad.swift",
    text: ##"""
      @_exported public import struct Foundation.Date
      package import TraceIndex; import Glibc
      // import Explorer
      /* try! /* nested */ import Reports */
      let words = "try! as! \(try! load()) // not a comment"
      let raw = #"a " as! \(no) \#(x as! Int)"#
      let text = """
        import ExplorerViews
        fatalError("in a text")
        """
      extension Palias { func f() -> Never { fatalError("x") } }
      struct S: @unchecked Sendable {}
      let alias = palias!
      """##)

  @Test(
    "imports are found behind attributes, access levels and semicolons, not in comments or text")
  func imports() {
    #expect(ScannerTests.bad.imports.map { $0.module } == ["Foundation", "TraceIndex", "Glibc"])
    #expect(ScannerTests.bad.imports.map { $0.line } == [1, 2, 2])
  }

  @Test("an import that the table does not allow is a violation that names what is allowed")
  func importViolation() {
    let rule = ModuleRule(module: "Terminal", own: ["TraceIndex"], foreign: ["Glibc"])
    #expect(
      importViolations(in: ScannerTests.bad, rule: rule).map(\.description) == [
        "Sources/Terminal/Bad.swift:1: Terminal may not import Foundation; "
          + "it may import: Glibc, TraceIndex"
      ])
  }

  @Test("forbidden code is found in interpolations, not in comments or text")
  func code() {
    #expect(
      codeViolations(in: ScannerTests.bad).map { "\($0.line) \($0.what.prefix(4))" }
        == ["5 try!", "6 as!:", "11 fata", "12 @unc"])
  }

  @Test("long files and long functions are violations; requirements and tables are not")
  func lengths() {
    let body = String(repeating: "    work()\n", count: 79)
    let long = SwiftSource(
      path: "A.swift",
      text: "protocol P {\n  func a()\n  func b(\n    x: Int\n  )\n}\nstruct S: P {\n"
        + "  private mutating func c(\n    x: Int\n  ) {\n\(body)  }\n  init() {\n\(body)  }\n}\n")
    #expect(long.functions.map { $0.length } == [83, 81])
    #expect(codeViolations(in: long).map(\.line) == [8, 91])
    let lines = String(repeating: "\n", count: longestFile + 1)
    #expect(codeViolations(in: SwiftSource(path: "B.swift", text: lines)).count == 1)
    let table = SwiftSource(path: "Sources/Terminal/DisplayWidthTable.swift", text: lines)
    #expect(codeViolations(in: table).isEmpty)
  }
}
