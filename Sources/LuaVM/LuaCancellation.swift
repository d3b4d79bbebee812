internal import CLuaShim

/// A switch, to be thrown from any thread, that ends the sessions that were made with it.
///
/// A script that is running stops within some thousand instructions; one that waits fails when it
/// is resumed. Nothing undoes it.
@safe public final class LuaCancellation: Sendable {
  // The shim reads and writes what it points to atomically only, and it is freed in deinit only.
  nonisolated(unsafe) let flag: OpaquePointer

  /// Makes a switch that is not thrown.
  public init() {
    guard let flag = unsafe shim_flag_new() else {
      preconditionFailure("no memory for a flag of four bytes")
    }
    unsafe self.flag = flag
  }

  deinit {
    unsafe shim_flag_free(flag)
  }

  /// Throws the switch.
  public func cancel() {
    unsafe shim_flag_raise(flag)
  }

  /// Whether the switch was thrown.
  public var isCancelled: Bool {
    unsafe shim_flag_is_raised(flag) != 0
  }
}
