import GRDB

/// Does to a run file what another process would.
enum LeaseThief {
  static func steal(_ path: String) throws {
    try edit(path, "UPDATE lease SET fencing = fencing + 1")
  }

  static func forgetClean(_ path: String) throws {
    try edit(path, "UPDATE meta SET value = 0 WHERE key = 'clean'")
  }

  private static func edit(_ path: String, _ sql: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }
}
