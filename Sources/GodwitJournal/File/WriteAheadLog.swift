internal import Foundation
internal import GuardedFiles

/// What the `-wal` beside a run file tells before SQLite reads it.
///
/// SQLite takes a log up to the last commit before the first frame that is not as it was written, and
/// says nothing of what follows. A kill leaves at most a transaction at the end that was never
/// acknowledged; a flipped bit or a cut file lacks commits after which something was sent.
///
/// Source: <https://www.sqlite.org/fileformat2.html#walformat>; of the `-shm`
/// <https://www.sqlite.org/walformat.html>.
struct WriteAheadLog {
  private static let headerSize = 32
  private static let frameHeaderSize = 24
  /// No run has a longer log; one that says so, perhaps of nothing but holes, is not walked.
  private static let longest: UInt64 = 4 << 30

  private let file: FileHandle?
  private let size: UInt64
  private let indexPath: String

  /// Whether there is anything in the log.
  var isEmpty: Bool { size == 0 }

  /// Opens the log of a run file; without one it is empty.
  init(beside path: String) {
    file = Self.open(path + "-wal")
    size = (try? file?.seekToEnd()) ?? 0
    indexPath = path + "-shm"
  }

  /// Opens a file, and nothing else that may be in its place.
  private static func open(_ path: String) -> FileHandle? {
    guard FileStanding(of: path)?.kind == .regular else { return nil }
    let descriptor = Foundation.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    return descriptor >= 0 ? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true) : nil
  }

  /// The bytes from an offset on; fewer at the end of the file.
  private static func bytes(_ file: FileHandle?, at offset: UInt64, count: Int) -> Data {
    do {
      try file?.seek(toOffset: offset)
      return try file?.read(upToCount: count) ?? Data()
    } catch {
      return Data()
    }
  }

  /// Whether commits were in it that SQLite will not find.
  ///
  /// Without the `-shm`, a log that was cut off looks like one whose process was killed in a commit.
  var lacksCommits: Bool {
    guard !isEmpty else { return false }
    let start = Self.bytes(file, at: 0, count: Self.headerSize)
    guard size <= Self.longest, let header = Header(start) else { return true }
    let walk = walk(header)
    if let committed = committedFrames(header), committed > walk.committed { return true }
    return walk.isBrokenInside
  }

  // MARK: - The log

  private struct Header {
    var isBigEndian: Bool
    var pageSize: Int
    var salts: Data
    var sum: Sum

    /// `nil` if it is cut off or not as it was written.
    init?(_ bytes: Data) {
      guard bytes.count >= WriteAheadLog.headerSize else { return nil }
      let magic = bytes.number(at: 0, bigEndian: true)
      guard magic & ~1 == 0x377F_0682 else { return nil }
      isBigEndian = magic & 1 == 1
      pageSize = Int(bytes.number(at: 8, bigEndian: true))
      guard (512...65536).contains(pageSize), pageSize & (pageSize - 1) == 0 else { return nil }
      salts = bytes[bytes.startIndex + 16..<bytes.startIndex + 24]
      sum = Sum()
      sum.add(bytes.prefix(24), bigEndian: isBigEndian)
      guard sum.isAt(24, of: bytes) else { return nil }
    }
  }

  /// The running checksum of the log.
  private struct Sum {
    var first: UInt32 = 0
    var second: UInt32 = 0

    mutating func add(_ bytes: Data, bigEndian: Bool) {
      bytes.withUnsafeBytes { words in
        for offset in stride(from: 0, through: words.count - 8, by: 8) {
          first &+= words.number(at: offset, bigEndian: bigEndian) &+ second
          second &+= words.number(at: offset + 4, bigEndian: bigEndian) &+ first
        }
      }
    }

    /// Whether it is what is written at a place.
    func isAt(_ offset: Int, of bytes: Data) -> Bool {
      first == bytes.number(at: offset, bigEndian: true)
        && second == bytes.number(at: offset + 4, bigEndian: true)
    }
  }

  /// Follows the frames as SQLite does.
  ///
  /// A log is written from its start anew, over frames with other salts: a kill leaves at most one
  /// frame that is not as it was written, with nothing or such frames after it.
  ///
  /// - Returns: how many frames SQLite takes, and whether what follows was not left by a kill.
  private func walk(_ header: Header) -> (committed: Int, isBrokenInside: Bool) {
    let size = Self.frameHeaderSize + header.pageSize
    let count = (Int(self.size) - Self.headerSize) / size
    var sum = header.sum
    var committed = 0
    for number in 0..<count {
      let frame = frame(number, size)
      guard isOfThisLog(frame, header) else {
        return (committed, hasFrames(after: number, count, size, header))
      }
      sum.add(frame.prefix(8), bigEndian: header.isBigEndian)
      sum.add(frame.dropFirst(Self.frameHeaderSize), bigEndian: header.isBigEndian)
      guard sum.isAt(16, of: frame) else {
        let isAtEnd = number + 1 == count
        return (committed, isAtEnd || hasFrames(after: number, count, size, header))
      }
      if frame.number(at: 4, bigEndian: true) > 0 { committed = number + 1 }
    }
    return (committed, false)
  }

  private func isOfThisLog(_ frame: Data, _ header: Header) -> Bool {
    frame.dropFirst(8).prefix(8) == header.salts
  }

  private func hasFrames(after number: Int, _ count: Int, _ size: Int, _ header: Header) -> Bool {
    (number + 1..<max(count, number + 1)).contains {
      isOfThisLog(frame($0, size, prefix: Self.frameHeaderSize), header)
    }
  }

  private func frame(_ number: Int, _ size: Int, prefix: Int? = nil) -> Data {
    let start = UInt64(Self.headerSize + number * size)
    return Self.bytes(file, at: start, count: prefix ?? size)
  }

  /// How many frames were committed by the `-shm`; `nil` if it is about another log.
  ///
  /// The `-shm` is there only beside a run that nobody has looked at since. It must not be closed while
  /// this process has the run open, which would drop SQLite's locks.
  private func committedFrames(_ header: Header) -> Int? {
    let index = Self.bytes(Self.open(indexPath), at: 0, count: 48)
    guard index.count >= 48, index[index.startIndex + 12] == 1 else { return nil }
    guard index.dropFirst(32).prefix(8) == header.salts else { return nil }
    return Int(index.number(at: 16, bigEndian: UInt32(1).bigEndian == 1))
  }
}

extension Data {
  /// The four bytes at an offset as a number; zero past the end.
  fileprivate func number(at offset: Int, bigEndian: Bool) -> UInt32 {
    guard offset + 4 <= count else { return 0 }
    return withUnsafeBytes { $0.number(at: offset, bigEndian: bigEndian) }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func number(at offset: Int, bigEndian: Bool) -> UInt32 {
    let number = loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return bigEndian ? UInt32(bigEndian: number) : UInt32(littleEndian: number)
  }
}
