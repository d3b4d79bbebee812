import Foundation
import GodwitCore
import LuaVM

extension LuaThreadPool {
  /// Threads for scripts, where one that cannot be stopped ends the process.
  ///
  /// What was committed to the run file is there then, as after any crash.
  ///
  /// - Parameter output: how the end is told.
  /// - Returns: the threads.
  static func watched(_ output: OutputOptions) -> LuaThreadPool {
    LuaThreadPool(
      watchdog: LuaWatchdog { label in
        Console.tell(
          Diagnostic(
            "the script did not come back from \(label), long past its limit",
            advice: "this is a defect, please report it with the script; what was recorded is kept,"
              + " and `godwit resume` goes on with a run that was being applied"
          ),
          output
        )
        // Not `exit`: what it would run may wait for the thread that is stuck.
        _exit(ExitStatus.defect.rawValue)
      }
    )
  }
}
