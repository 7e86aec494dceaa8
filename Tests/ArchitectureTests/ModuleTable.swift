/// The modules, what each may import, and nothing else: the table of docs/architecture.md as data.
///
/// An import runs only from a module to those named in its row. Siblings never import each other.
struct ModuleRule {
  let module: String
  /// Modules of this package.
  let own: Set<String>
  /// Modules of the toolchain and of dependencies.
  var foreign: Set<String> = []
}

let moduleTable: [ModuleRule] = [
  ModuleRule(
    module: "TraceModel", own: ["CKernels"], foreign: ["Glibc", "Synchronization"]),
  ModuleRule(module: "WireFormats", own: ["CKernels", "CExpat"]),
  ModuleRule(module: "TraceReaders", own: ["TraceModel", "WireFormats"]),
  ModuleRule(module: "TraceIndex", own: ["TraceModel", "CKernels"], foreign: ["Glibc"]),
  ModuleRule(
    module: "Ingestion",
    own: ["TraceModel", "TraceReaders", "TraceIndex", "CDecompression", "CKernels"],
    foreign: ["Glibc"]),
  ModuleRule(module: "TraceQuery", own: ["TraceModel", "TraceIndex"]),
  ModuleRule(module: "TraceAnalysis", own: ["TraceModel", "TraceIndex", "TraceQuery"]),
  ModuleRule(
    module: "PolicyAnalysis",
    own: ["TraceModel", "WireFormats", "TraceIndex", "TraceQuery", "CCatalogues", "CYAML"]),
  ModuleRule(
    module: "Reports", own: ["TraceModel", "TraceAnalysis", "PolicyAnalysis", "Terminal"]),
  ModuleRule(
    module: "Explorer",
    own: ["TraceModel", "TraceIndex", "TraceQuery", "TraceAnalysis", "PolicyAnalysis", "Reports"]),
  ModuleRule(module: "Terminal", own: []),
  ModuleRule(
    module: "ExplorerViews",
    own: [
      "TraceModel", "TraceIndex", "TraceAnalysis", "PolicyAnalysis", "Explorer", "Reports",
      "Terminal", "BuiltInThemes",
    ],
    foreign: ["Glibc", "Synchronization"]),
  ModuleRule(
    module: "NcursesTerminal", own: ["CNcurses", "Terminal"], foreign: ["Glibc", "Synchronization"]),
  ModuleRule(module: "BuiltInThemes", own: []),
  ModuleRule(
    module: "vestige",
    own: [
      "TraceModel", "TraceReaders", "TraceIndex", "Ingestion", "TraceQuery", "TraceAnalysis",
      "PolicyAnalysis", "Reports", "Explorer", "ExplorerViews", "Terminal", "NcursesTerminal",
      "BuiltInThemes", "CSandbox",
    ],
    foreign: ["ArgumentParser", "Glibc", "Synchronization"]),
]

/// C modules: they import no Swift and have no row of their own.
let moduleTableC = [
  "CNcurses", "CDecompression", "CSandbox", "CKernels", "CExpat", "CYAML", "CCatalogues",
]
