internal import CLuaShim

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A chunk of Lua that was compiled once and can be loaded into any number of sessions.
///
/// The bytecode is the host's own and never leaves the process: from outside, only text is taken.
public struct LuaProgram: Sendable, Hashable {
  /// The chunk's name as errors show it, such as `scripts/x.lua`.
  public var name: String { storage.name }

  let storage: Storage

  /// Compiles a script.
  /// - Parameters:
  ///   - source: The text; at most 256 KB.
  ///   - name: The chunk's name.
  /// - Returns: The program.
  /// - Throws: ``LuaError`` of the kind `syntax` or `refusedSource`, with the line.
  public static func compile(source: [UInt8], name: String) throws(LuaError) -> LuaProgram {
    try compile(bytes: source, name: name, mark: "@")
  }

  /// Compiles a chunk of the host's own, whose frames positions and tracebacks leave out.
  /// - Parameters:
  ///   - source: The text.
  ///   - name: The chunk's name, seen only when the prelude itself is wrong.
  /// - Returns: The program.
  /// - Throws: ``LuaError`` of the kind `syntax` or `refusedSource`, with the line.
  public static func compile(
    prelude source: String,
    name: String
  ) throws(LuaError) -> LuaProgram {
    try compile(bytes: Array(source.utf8), name: name, mark: "=")
  }

  /// Whether two programs are the same compilation.
  public static func == (left: Self, right: Self) -> Bool { left.storage === right.storage }

  /// Hashes the identity of the compilation.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(storage)) }

  private static func compile(
    bytes: [UInt8],
    name: String,
    mark: String
  ) throws(LuaError) -> LuaProgram {
    var code: UnsafeMutablePointer<UInt8>?
    var message: UnsafeMutablePointer<CChar>?
    var count = 0
    var line: CInt = 0
    defer {
      unsafe free(code)
      unsafe free(message)
    }
    // The shim reads the source, and copies what it gives back.
    let status = unsafe bytes.withUnsafeBytes { source in
      unsafe shim_compile(
        source.baseAddress?.assumingMemoryBound(to: CChar.self),
        source.count,
        mark + name,
        &code,
        &count,
        &message,
        &line
      )
    }
    guard status == SHIM_COMPILED, let compiled = unsafe code else {
      let text = unsafe message.map { unsafe String(cString: $0) } ?? "out of memory"
      throw LuaError(
        kind: status == SHIM_REFUSED ? .refusedSource : status == SHIM_SYNTAX ? .syntax : .host,
        message: text,
        position: line > 0 ? LuaPosition(file: name, line: Int(line)) : nil
      )
    }
    let buffer = unsafe UnsafeBufferPointer(start: compiled, count: count)
    return LuaProgram(storage: Storage(name: name, code: unsafe Array(buffer)))
  }

  /// Keeps ``LuaValue`` small.
  final class Storage: Sendable {
    let name: String
    let code: [UInt8]

    init(name: String, code: [UInt8]) {
      self.name = name
      self.code = code
    }
  }
}
