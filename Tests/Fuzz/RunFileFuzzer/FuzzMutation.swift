import Foundation
import GRDB
import GodwitCore
import TestSupport

@testable import GodwitJournal

/// One change, or some, to a run file and what lies beside it.
struct FuzzMutation {
  var random: SeededRandom
  let canary: String
  /// Whether a rollback journal lies beside the file, which a reader may have to roll back.
  private(set) var hasJournal = false

  init(seed: UInt64, canary: String) {
    random = SeededRandom(seed: seed)
    self.canary = canary
  }

  /// Writes a changed copy of one of the templates.
  mutating func make(_ templates: [FuzzTemplate], at path: String) async throws {
    var template = templates[number(templates.count)]
    switch number(8) {
    case 0: spoilBytes(&template, "")
    case 1: spoilPages(&template)
    case 2: spoilBytes(&template, chance(70) ? "-wal" : "-shm")
    case 3:
      addJournal(&template)
      if chance(30) { spoilBytes(&template, "") }
    default:
      try write(template, to: path)
      try spoilRows(path)
      return
    }
    try write(template, to: path)
  }

  private func write(_ template: FuzzTemplate, to path: String) throws {
    for (suffix, data) in template.files { try data.write(to: URL(fileURLWithPath: path + suffix)) }
  }

  // MARK: - Bytes

  private mutating func spoilBytes(_ template: inout FuzzTemplate, _ suffix: String) {
    guard var data = template.files[suffix], !data.isEmpty else { return spoilPages(&template) }
    for _ in 0...number(6) {
      switch number(5) {
      case 0: data[number(min(100, data.count))] = byte()
      case 1, 2: data[number(data.count)] = byte()
      case 3: data[number(data.count)] ^= 1 << UInt8(number(8))
      default:
        let start = number(data.count)
        let end = min(data.count, start + 1 + number(8))
        data.replaceSubrange(start..<end, with: (start..<end).map { _ in byte() })
      }
    }
    if chance(10) { data = data.prefix(number(data.count)) }
    if chance(5) { data.append(Data(count: number(20_000))) }
    template.files[suffix] = data
  }

  private mutating func spoilPages(_ template: inout FuzzTemplate) {
    guard var data = template.files[""], data.count >= 8192 else { return }
    let pages = data.count / 4096
    for _ in 0...number(3) {
      let page = number(pages)
      let other = number(pages)
      switch number(4) {
      case 0:
        let offset = page * 4096 + (page == 0 ? 100 : 0) + number(40)
        data[offset] = byte()
      case 1:
        let copy = data[other * 4096..<other * 4096 + 4096]
        data.replaceSubrange(page * 4096..<page * 4096 + 4096, with: Data(copy))
      case 2:
        // Cell pointers: the same cell twice, or one beyond the page.
        let offset = page * 4096 + (page == 0 ? 100 : 0) + 8 + 2 * number(30)
        data[offset] = byte()
        data[offset + 1] = byte()
      default: data.replaceSubrange(page * 4096..<page * 4096 + 4096, with: Data(count: 4096))
      }
    }
    template.files[""] = data
  }

  private static let journalMagic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

  /// Puts a rollback journal beside the file: of any bytes, or one that names the canary.
  private mutating func addJournal(_ template: inout FuzzTemplate) {
    hasJournal = true
    var bytes = Self.journalMagic
    func add(_ number: UInt32) { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
    let pages = UInt32((template.files[""]?.count ?? 0) / 4096)
    for value in [0, 7, pages, 512, 4096] as [UInt32] { add(value) }
    bytes += [UInt8](repeating: 0, count: 512 - bytes.count)
    if chance(60) {
      let name = Array(canary.utf8)
      add(pages + 1)
      bytes += name
      add(UInt32(name.count))
      add(name.reduce(UInt32(0)) { $0 &+ UInt32($1) })
      bytes += Self.journalMagic
    } else {
      for _ in 0..<number(5000) { bytes.append(byte()) }
      if chance(50) { bytes[number(bytes.count)] = byte() }
    }
    template.files["-journal"] = Data(bytes)
  }

  // MARK: - Chance

  mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &random) }

  mutating func chance(_ percent: Int) -> Bool { number(100) < percent }

  mutating func byte() -> UInt8 {
    chance(40) ? [0, 1, 0x7F, 0x80, 0xFF][number(5)] : UInt8.random(in: 0 ... .max, using: &random)
  }
}
