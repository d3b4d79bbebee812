import Foundation

// Changes run files at random and reads them with all that reads runs.
//
//   RunFileFuzzer COUNT [SEED]
//
// Cases run in child processes of 250 each. It ends with 0 if every one of them ended in an answer or an
// error, with 1 for a crash, a hang, a write by a reader or an error of a wrong kind; then the number of
// the case is printed, which `RunFileFuzzer 1 NUMBER` repeats.

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "--child", arguments.count == 4, let first = UInt64(CommandLine.arguments[2]),
  let count = UInt64(CommandLine.arguments[3])
{
  exit(await FuzzChild(folder: CommandLine.arguments[4], first: first, count: count).run())
}
guard let count = arguments.first.flatMap({ UInt64($0) }), count > 0 else {
  print("usage: RunFileFuzzer COUNT [SEED]")
  exit(2)
}
let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? 1
var parent = FuzzParent(first: seed, count: count)
exit(try parent.run())
