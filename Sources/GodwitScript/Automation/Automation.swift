public import GodwitCore
public import LuaVM

/// An automation: a script that is run once, top to bottom, and reaches projects by `atlas`.
public struct Automation: Sendable {
  /// The texts.
  public let source: ScriptSource
  /// The file's name without its ending.
  public let name: String
  /// Where it runs.
  public let pool: LuaThreadPool
  /// How much it may use; counted anew for each call of the function given to `atlas.each`.
  public let limits: LuaLimits

  let program: LuaProgram
  let prelude: LuaProgram
  let modules: ModuleStore

  /// Compiles a script.
  ///
  /// - Parameters:
  ///   - source: the script's texts.
  ///   - pool: the threads on which it runs.
  ///   - limits: how much it may use; the time by the clock is never limited.
  /// - Throws: ``Diagnostic`` with file and line for a syntax error.
  public init(
    _ source: ScriptSource,
    pool: LuaThreadPool,
    limits: LuaLimits = LuaLimits()
  ) throws(Diagnostic) {
    self.source = source
    self.pool = pool
    var limits = limits
    limits.wallClock = nil
    // What is printed goes to stdout at once; it is not kept, and the shim bounds what waits.
    limits.postBytes = .max
    self.limits = limits
    let file = source.path.split(separator: "/").last.map(String.init) ?? source.path
    name = file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
    do throws(LuaError) {
      program = try LuaProgram.compile(source: source.text, name: source.path)
      prelude = try Prelude.program.get()
    } catch {
      guard error.position == nil else { throw Diagnostic(error) }
      throw Diagnostic("\(source.path): \(error.message)")
    }
    modules = ModuleStore(source.modules)
  }
}

/// Which projects an automation asks for.
public struct ProjectFilter: Sendable, Hashable {
  /// The organization's id.
  public var organization: String?
  /// A name or a pattern of one.
  public var name: String?
  /// A tag's key and value.
  public var tag: (key: String, value: String)? {
    get { tagPair.map { ($0[0], $0[1]) } }
    set { tagPair = newValue.map { [$0.key, $0.value] } }
  }

  private var tagPair: [String]?

  /// Asks for all projects.
  public init() {}
}

/// How an automation reaches Atlas: what a project's script can read, and the lists.
public struct AutomationReads: Sendable {
  /// One page of the projects that the credentials can see.
  public struct ProjectPage: Sendable {
    /// Those that the filter lets through.
    public var projects: [Project]
    /// Whether there are more pages.
    public var hasNext: Bool

    /// Makes a page.
    public init(projects: [Project], hasNext: Bool) {
      self.projects = projects
      self.hasNext = hasNext
    }
  }

  /// Where a loop over projects is.
  public struct ProjectPlace: Sendable, Hashable {
    /// The number of the loop in the script, from 1.
    public var loop: Int
    /// The number of the page, from 1.
    public var page: Int

    /// Names a place.
    public init(loop: Int, page: Int) {
      self.loop = loop
      self.page = page
    }
  }

  /// What can be read of a project.
  public var ofProject: ScriptReads
  /// One page of projects; a loop over projects asks for its pages one after the other.
  public var projects:
    @Sendable (ProjectPlace, ProjectFilter) async -> ScriptReads.Answer<ProjectPage>
  /// A project by id or name.
  public var project: @Sendable (String) async -> ScriptReads.Answer<Project>
  /// The organizations.
  public var organizations: @Sendable () async -> ScriptReads.Answer<[Organization]>

  /// Puts the functions together.
  public init(
    ofProject: ScriptReads,
    projects:
      @escaping @Sendable (ProjectPlace, ProjectFilter) async -> ScriptReads.Answer<ProjectPage>,
    project: @escaping @Sendable (String) async -> ScriptReads.Answer<Project>,
    organizations: @escaping @Sendable () async -> ScriptReads.Answer<[Organization]>
  ) {
    self.ofProject = ofProject
    self.projects = projects
    self.project = project
    self.organizations = organizations
  }
}
