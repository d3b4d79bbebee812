import ArgumentParser

/// A short time as typed: `20ms`, `1.5s` or `2m`.
struct Delay: ExpressibleByArgument, CustomStringConvertible {
  let milliseconds: Int

  init(milliseconds: Int) {
    self.milliseconds = milliseconds
  }

  init?(argument: String) {
    if argument.hasSuffix("ms"), let number = Int(argument.dropLast(2)), number >= 0 {
      milliseconds = number
    } else if argument.hasSuffix("s"), let number = Double(argument.dropLast()),
      (0...86_400).contains(number)
    {
      milliseconds = Int(number * 1000)
    } else if argument.hasSuffix("m"), let number = Double(argument.dropLast()),
      (0...1_440).contains(number)
    {
      milliseconds = Int(number * 60_000)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { description }
  var description: String {
    milliseconds > 0 && milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }
}
