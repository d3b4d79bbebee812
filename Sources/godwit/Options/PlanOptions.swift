import ArgumentParser

/// What `plan` and `apply SCRIPT` take.
struct PlanOptions: ParsableArguments {
  @OptionGroup(title: "Choosing projects") var selection: SelectionOptions
  @OptionGroup(title: "Inputs") var inputs: InputOptions
  @OptionGroup var file: RunFileOptions
}
