// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let asyncHTTPClient = Target.Dependency.product(
  name: "AsyncHTTPClient",
  package: "async-http-client"
)
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let swiftCSV = Target.Dependency.product(name: "SwiftCSV", package: "SwiftCSV")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "godwit",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "godwit", targets: ["godwit"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .target(name: "CLuaShim", dependencies: ["CLua"]),
    .target(
      name: "LuaVM",
      dependencies: ["CLuaShim"],
      swiftSettings: strict + [.strictMemorySafety()]
    ),
    .target(name: "GodwitCore", dependencies: [collections, crypto], swiftSettings: strict),
    .target(
      name: "CSQLiteGuard",
      linkerSettings: [.linkedLibrary("sqlite3")]
    ),
    .target(name: "GuardedFiles", dependencies: ["CSQLiteGuard", grdb], swiftSettings: strict),
    .target(
      name: "GodwitAtlas",
      dependencies: [
        "GodwitCore", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioPosix,
      ],
      swiftSettings: strict
    ),
    .target(
      name: "GodwitScript",
      dependencies: ["GodwitCore", "LuaVM", crypto],
      swiftSettings: strict
    ),
    .target(
      name: "GodwitJournal",
      dependencies: ["GodwitCore", "GuardedFiles", grdb, crypto],
      swiftSettings: strict
    ),
    .target(
      name: "GodwitRun",
      dependencies: ["GodwitCore", "GodwitAtlas", "GodwitScript", "GodwitJournal"],
      swiftSettings: strict
    ),
    .target(
      name: "GodwitReport",
      dependencies: ["GodwitCore", collections],
      swiftSettings: strict
    ),
    .target(
      name: "AtlasSimulator",
      dependencies: [
        "GodwitCore", "GuardedFiles", grdb, crypto, hummingbirdCore, httpTypes, logging, nioCore,
        nioPosix,
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "godwit",
      dependencies: [
        "GodwitCore", "GuardedFiles", "GodwitAtlas", "GodwitScript", "GodwitJournal", "GodwitRun",
        "GodwitReport", "AtlasSimulator", "LuaVM", argumentParser, crypto, swiftCSV, tomlKit,
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "LuaRequests",
      dependencies: ["LuaVM"],
      path: "Benchmarks/LuaRequests",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "LuaRequestsPlainC",
      dependencies: ["CLua"],
      path: "Benchmarks/LuaRequestsPlainC"
    ),
    .executableTarget(
      name: "LuaRunner",
      dependencies: ["LuaVM"],
      path: "Benchmarks/LuaRunner",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "RunFileFuzzer",
      dependencies: ["GodwitJournal", "GodwitReport", "GodwitCore", "TestSupport", grdb],
      path: "Tests/Fuzz/RunFileFuzzer",
      swiftSettings: strict
    ),
    .target(
      name: "TestSupport",
      dependencies: ["GodwitCore", "GodwitAtlas", "AtlasSimulator"],
      path: "Tests/TestSupport",
      swiftSettings: strict
    ),
    .testTarget(
      name: "LuaVMTests",
      dependencies: ["CLuaShim", "LuaVM", "LuaRunner"],
      exclude: ["Hostile"],
      swiftSettings: strict
    ),
    .testTarget(name: "GodwitCoreTests", dependencies: ["GodwitCore"], swiftSettings: strict),
    .testTarget(
      name: "GodwitAtlasTests",
      dependencies: [
        "GodwitAtlas", "GodwitCore", "AtlasSimulator", "TestSupport", nioCore, nioHTTP1, nioPosix,
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "GodwitScriptTests",
      dependencies: ["GodwitScript", "GodwitCore", "LuaVM", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "GodwitJournalTests",
      dependencies: ["GodwitJournal", "GodwitCore", "RunFileFuzzer", "TestSupport", grdb],
      swiftSettings: strict
    ),
    .testTarget(
      name: "GodwitRunTests",
      dependencies: [
        "GodwitRun", "GodwitCore", "GodwitAtlas", "GodwitJournal", "GodwitScript", "LuaVM",
        "AtlasSimulator", "TestSupport", "godwit", grdb,
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "GodwitReportTests",
      dependencies: ["GodwitReport", "GodwitCore", "TestSupport"],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "AtlasSimulatorTests",
      dependencies: [
        "AtlasSimulator", "GodwitCore", "TestSupport", asyncHTTPClient, grdb, nioCore, nioHTTP1,
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "godwit", "GodwitCore", "GodwitAtlas", "GodwitReport", "AtlasSimulator", "TestSupport",
      ],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
  ]
)
