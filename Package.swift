// swift-tools-version: 6.2
import PackageDescription

// The modules and the only direction in which they may import each other are explained in
// docs/architecture.md; Tests/ArchitectureTests holds the same table and fails when an import
// breaks it, because SwiftPM alone lets an undeclared import of a built module through.

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "vestige",
  products: [
    .executable(name: "vestige", targets: ["vestige"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(
      name: "CDecompression", linkerSettings: [.linkedLibrary("z"), .linkedLibrary("zstd")]),
    .target(name: "CSandbox"),
    .target(name: "CKernels"),
    .target(name: "CCatalogues", exclude: ["aws-iam.py", "aws-iam.tsv"]),
    .systemLibrary(name: "CExpat"),
    .systemLibrary(name: "CYAML"),
    .target(name: "TraceModel", dependencies: ["CKernels"]),
    .target(name: "WireFormats", dependencies: ["CKernels", "CExpat"]),
    .target(name: "TraceReaders", dependencies: ["TraceModel", "WireFormats"]),
    .target(name: "TraceIndex", dependencies: ["TraceModel", "CKernels"]),
    .target(
      name: "Ingestion",
      dependencies: ["TraceModel", "TraceReaders", "TraceIndex", "CDecompression", "CKernels"]),
    .target(name: "TraceQuery", dependencies: ["TraceModel", "TraceIndex"]),
    .target(name: "TraceAnalysis", dependencies: ["TraceModel", "TraceIndex", "TraceQuery"]),
    .target(
      name: "PolicyAnalysis",
      dependencies: [
        "TraceModel", "WireFormats", "TraceIndex", "TraceQuery", "CCatalogues", "CYAML",
      ]),
    .target(
      name: "Reports", dependencies: ["TraceModel", "TraceAnalysis", "PolicyAnalysis", "Terminal"]),
    .target(
      name: "Explorer",
      dependencies: [
        "TraceModel", "TraceIndex", "TraceQuery", "TraceAnalysis", "PolicyAnalysis", "Reports",
      ]),
    .target(name: "Terminal"),
    .target(
      name: "ExplorerViews",
      dependencies: [
        "TraceModel", "TraceIndex", "TraceAnalysis", "PolicyAnalysis", "Explorer", "Reports",
        "Terminal", "BuiltInThemes",
      ]),
    .target(name: "NcursesTerminal", dependencies: ["CNcurses", "Terminal"]),
    .target(
      name: "BuiltInThemes", path: "themes", sources: ["BuiltInThemes.swift"],
      resources: [
        .embedInCode("dark.toml"), .embedInCode("light.toml"), .embedInCode("high-contrast.toml"),
        .embedInCode("colour-blind-safe.toml"), .embedInCode("sixteen.toml"),
        .embedInCode("monochrome.toml"),
      ]),
    .executableTarget(
      name: "vestige",
      dependencies: [
        "TraceModel", "TraceReaders", "TraceIndex", "Ingestion", "TraceQuery", "TraceAnalysis",
        "PolicyAnalysis", "Reports", "Explorer", "ExplorerViews", "Terminal", "NcursesTerminal",
        "BuiltInThemes", "CSandbox", argumentParser,
      ]),
    // Helpers of the tests: a fake terminal, key scripts, golden files, small executions.
    .target(
      name: "TestSupport",
      dependencies: [
        "TraceModel", "TraceReaders", "TraceIndex", "Ingestion", "TraceQuery", "Explorer",
        "ExplorerViews", "Terminal",
      ],
      path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "TraceModelTests", dependencies: ["TraceModel", "TestSupport"]),
    .testTarget(name: "WireFormatsTests", dependencies: ["WireFormats", "TestSupport"]),
    .testTarget(
      name: "TraceReadersTests",
      dependencies: ["TraceModel", "WireFormats", "TraceReaders", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TraceIndexTests", dependencies: ["TraceModel", "TraceIndex", "TestSupport"],
      exclude: ["Independent"]),
    .testTarget(
      name: "IngestionTests",
      dependencies: ["TraceModel", "TraceReaders", "TraceIndex", "Ingestion", "TestSupport"]),
    .testTarget(
      name: "TraceQueryTests",
      dependencies: ["TraceModel", "TraceIndex", "Ingestion", "TraceQuery", "TestSupport"],
      exclude: ["Queries"]),
    .testTarget(
      name: "TraceAnalysisTests",
      dependencies: [
        "TraceModel", "TraceIndex", "Ingestion", "TraceQuery", "TraceAnalysis", "TestSupport",
      ]),
    .testTarget(
      name: "PolicyAnalysisTests",
      dependencies: [
        "TraceModel", "TraceIndex", "Ingestion", "TraceQuery", "PolicyAnalysis", "TestSupport",
      ],
      exclude: ["Independent", "Expected"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "TraceModel", "TraceIndex", "TraceAnalysis", "PolicyAnalysis", "Reports", "TestSupport",
      ]),
    .testTarget(
      name: "TerminalTests",
      dependencies: ["Terminal", "ExplorerViews", "BuiltInThemes", "TestSupport"],
      exclude: ["InvalidThemes", "Independent", "Screens"]),
    .testTarget(
      name: "ExplorerTests",
      dependencies: [
        "TraceModel", "TraceIndex", "Ingestion", "TraceQuery", "TraceAnalysis", "PolicyAnalysis",
        "Explorer", "TestSupport",
      ]),
    .testTarget(
      name: "ExplorerScreenTests",
      dependencies: [
        "TraceModel", "TraceIndex", "Explorer", "ExplorerViews", "Terminal", "Ingestion",
        "TestSupport",
      ],
      exclude: ["Screens"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["TestSupport"], exclude: ["Expected", "Independent"]),
    .testTarget(name: "TmuxTests", dependencies: ["TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// https://github.com/swiftlang/swift-evolution: SE-0335 (any), SE-0409 (access level on imports),
// SE-0444 (member import visibility), SE-0461 (nonisolated async), SE-0443 (warnings as errors).
let cTargets = [
  "CNcurses", "CDecompression", "CSandbox", "CKernels", "CExpat", "CYAML", "CCatalogues",
]
for target in package.targets where !cTargets.contains(target.name) {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
      .enableExperimentalFeature("Lifetimes"),
      .treatAllWarnings(as: .error),
    ]
}
