/// What a run is about: the head of a run file, without its projects.
public struct RunInfo: Sendable, Hashable {
  /// How far a run has come.
  public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Planning began and did not end: the plan is incomplete and cannot be applied.
    case planning
    /// The plan is complete, nothing was written yet.
    case planned
    /// Applying has begun and not ended.
    case applying
    /// Every project is settled.
    case finished
  }

  /// The run's name, for example `2026-11-21-1504-datadog-region-move-7f3a`.
  public var id: String
  /// When planning began, in seconds since 1970.
  public var createdSeconds: Int64
  /// How far it has come.
  public var phase: Phase
  /// The version of the program that planned it.
  public var toolVersion: String
  /// The script.
  public var script: ScriptInfo
  /// What it runs against.
  public var target: RunTarget
  /// The values of parameters that are not secrets.
  public var parameters: JSONObject
  /// The names of those that were typed, which no column of a targets file overrides.
  public var typedParameters: [String]
  /// The secret inputs, without their values.
  public var secrets: [SecretInput]
  /// Secrets put aside so that a delete can be taken back.
  public var escrow: [EscrowInput]
  /// The flags that changed how the script's writes were judged.
  public var flags: Set<PlanFlag>
  /// The selection, as it was typed, for example `--tag env=prod`; empty for all projects.
  public var selection: String
  /// How long the plan may wait to be applied, in seconds.
  public var expirySeconds: Int64
  /// How many projects `select` refused; they are not part of what was selected.
  public var refusedBySelect: Int
  /// How many projects filters left out.
  public var filteredOut: Int
  /// Remarks about the whole plan, one line each.
  public var remarks: [String]
  /// What this machine knows of who planned it; `nil` where nobody asked.
  ///
  /// It is not stored.
  public var origin: PlanOrigin?

  /// When the plan can no longer be applied, in seconds since 1970.
  public var expiresSeconds: Int64 {
    let (sum, isOver) = createdSeconds.addingReportingOverflow(expirySeconds)
    return isOver ? (expirySeconds < 0 ? .min : .max) : sum
  }

  /// Makes the head of a run.
  public init(
    id: String,
    createdSeconds: Int64,
    phase: Phase,
    toolVersion: String,
    script: ScriptInfo,
    target: RunTarget,
    parameters: JSONObject = [:],
    typedParameters: [String] = [],
    secrets: [SecretInput] = [],
    escrow: [EscrowInput] = [],
    flags: Set<PlanFlag> = [],
    selection: String = "",
    expirySeconds: Int64 = 86_400,
    refusedBySelect: Int = 0,
    filteredOut: Int = 0,
    remarks: [String] = []
  ) {
    self.id = id
    self.createdSeconds = createdSeconds
    self.phase = phase
    self.toolVersion = toolVersion
    self.script = script
    self.target = target
    self.parameters = parameters
    self.typedParameters = typedParameters
    self.secrets = secrets
    self.escrow = escrow
    self.flags = flags
    self.selection = selection
    self.expirySeconds = expirySeconds
    self.refusedBySelect = refusedBySelect
    self.filteredOut = filteredOut
    self.remarks = remarks
  }
}

/// A flag that changes how a script's writes are judged; its name is what is typed after `--`.
public enum PlanFlag: String, Sendable, Hashable, CaseIterable {
  /// Fields that are not known may be written.
  case allowUnknownFields = "allow-unknown-fields"
  /// Integrations may be deleted on which the only notifications of alerts go.
  case acceptSilentAlerts = "accept-silent-alerts"
  /// Secrets that show the same tail already are sent all the same.
  case rewriteSecrets = "rewrite-secrets"
}

/// What is known of a script beside its source.
public struct ScriptInfo: Sendable, Hashable {
  /// The path as it was typed.
  public var path: String
  /// The `name` that the script gives itself.
  public var name: String
  /// The `summary` that the script gives itself.
  public var summary: String
  /// The SHA-256 of its source, in hexadecimal digits.
  public var sha256: String
  /// Whether it has a `verify` function.
  public var hasVerify: Bool
  /// Whether it is an automation, which ran once over all projects.
  public var isAutomation: Bool

  /// Makes the description of a script.
  public init(
    path: String,
    name: String,
    summary: String,
    sha256: String,
    hasVerify: Bool,
    isAutomation: Bool = false
  ) {
    self.path = path
    self.name = name
    self.summary = summary
    self.sha256 = sha256
    self.hasVerify = hasVerify
    self.isAutomation = isAutomation
  }
}

/// What a run goes against: an Atlas, or a simulator's world.
public struct RunTarget: Sendable, Hashable {
  /// The world of a simulator that the program starts itself.
  public struct World: Sendable, Hashable {
    /// The world's file.
    public var file: String
    /// The world's own id; a world made anew has another.
    public var id: String

    /// Names a world.
    public init(file: String, id: String) {
      self.file = file
      self.id = id
    }
  }

  /// An organization with the number of selected projects in it.
  public struct OrganizationCount: Sendable, Hashable {
    /// The organization.
    public var id: OrganizationID
    /// Its name; empty if the credentials may not see it.
    public var name: String
    /// How many of its projects are selected.
    public var projects: Int

    /// Counts the projects of an organization.
    public init(id: OrganizationID, name: String, projects: Int) {
      self.id = id
      self.name = name
      self.projects = projects
    }
  }

  /// The origin of the API; of a simulator, what it was while planning.
  public var baseURL: String
  /// The generation of the API, for example `v2`.
  public var api: String
  /// The simulator's world, if it is one.
  public var world: World?
  /// The kind of credential, for people, for example `API key`.
  public var credentialKind: String
  /// The last characters of what names the credential.
  public var credentialTail: String
  /// The organizations of the selected projects.
  public var organizations: [OrganizationCount]

  /// Makes a target.
  public init(
    baseURL: String,
    api: String = "v2",
    world: World? = nil,
    credentialKind: String,
    credentialTail: String,
    organizations: [OrganizationCount] = []
  ) {
    self.baseURL = baseURL
    self.api = api
    self.world = world
    self.credentialKind = credentialKind
    self.credentialTail = credentialTail
    self.organizations = organizations
  }
}

/// A secret parameter: where its value is, and how to tell that it is still the same one.
public struct SecretInput: Sendable, Hashable {
  /// The parameter's name.
  public var name: String
  /// Where the value is, as typed, for example `env:DATADOG_KEY`.
  public var reference: String
  /// What may be shown of it; `nil` for a plan made without secrets.
  public var fingerprint: SecretFingerprint?
  /// HMAC-SHA256 of the value under the run file's key; `nil` for a plan made without secrets.
  public var keyedHash: String?
  /// The same for each project, of a secret that each project has its own value of; else `nil`.
  public var projectHashes: [ProjectID: String]?

  /// Whether its value was known when the plan was made.
  public var isResolved: Bool { keyedHash != nil || projectHashes != nil }

  /// Describes a secret.
  public init(
    name: String,
    reference: String,
    fingerprint: SecretFingerprint?,
    keyedHash: String?,
    projectHashes: [ProjectID: String]? = nil
  ) {
    self.name = name
    self.reference = reference
    self.fingerprint = fingerprint
    self.keyedHash = keyedHash
    self.projectHashes = projectHashes
  }
}

/// A secret that a delete takes with it, kept somewhere by the operator.
public struct EscrowInput: Sendable, Hashable {
  /// The integration type.
  public var type: IntegrationType
  /// The secret field.
  public var field: String
  /// Where the value is, and what is known of it.
  public var secret: SecretInput

  /// Describes an escrow.
  public init(type: IntegrationType, field: String, secret: SecretInput) {
    self.type = type
    self.field = field
    self.secret = secret
  }
}
