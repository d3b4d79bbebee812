import GodwitCore
import GodwitScript
import Testing

@Suite struct RandomScriptTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 32) ^ (state << 31)
    }

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
    mutating func pick<T>(_ items: [T], or other: T) -> T {
      items.randomElement(using: &self) ?? other
    }
  }

  static let values: [String: String] = [
    "key": "0123456789abcdef0123456789ab77e0", "other": "fedcba9876543210fedcba9876540bad",
    "token": "NRIQ-0123456789-token", "url": "https://hooks.example.com/services/abcd2101",
    "template": "{\"text\": \"hello\"}", "password": "correct horse battery staple",
  ]

  private static let stored = [
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaa9abc", "0123456789abcdef0123456789ab77e0",
    "https://hooks.example.com/services/zzzz9999", "https://hooks.example.com/services/abcd2101",
  ]

  /// A value of a field that is not secret, as JSON and in Lua.
  private static func plain(_ field: FieldRule, _ random: inout Generator) -> (JSONValue, String) {
    switch field.kind {
    case .boolean:
      let value = Bool.random(using: &random)
      return (.bool(value), "\(value)")
    case .enumeration(let words):
      let word = random.pick(words, or: "")
      return (.string(word), "'\(word)'")
    case .string:
      let word = random.pick(["one", "two", "three"], or: "")
      return (.string(word), "'\(word)'")
    case .integer: return (1, "1")
    case .texts: return (["one"], "{ 'one' }")
    }
  }

  private static func world(_ random: inout Generator) -> AtlasModel {
    var world: [String: [String: JSONValue]] = [:]
    for rule in IntegrationRules.all
    where rule.writability != .deleteOnly && random.chance(0.8) {
      var fields: [String: JSONValue] = [:]
      for field in rule.fields where field.isRequired || random.chance(0.5) {
        let secret = random.pick(
          field.secret == .url ? Array(stored.suffix(2)) : Array(stored.prefix(2)),
          or: ""
        )
        fields[field.name] = field.secret == nil ? plain(field, &random).0 : .string(secret)
      }
      if random.chance(0.2) { fields["futureField"] = ["a": [1, "x"]] }
      world[rule.type.text] = fields
    }
    return AtlasModel(world, values: values, merges: Bool.random(using: &random))
  }

  /// The fields of one write in Lua: sometimes good ones, sometimes masks or what else goes wrong.
  private static func fields(_ rule: IntegrationRule, _ random: inout Generator) -> String {
    let isCareful = random.chance(0.85)
    var parts: [String] = []
    for field in rule.fields {
      guard isCareful && field.secret != nil || field.isRequired || random.chance(0.4) else {
        continue
      }
      if rule.type == "SLACK", field.name != "channelName", random.chance(0.8) { continue }
      let value: String
      if field.secret != nil {
        let any = ["key", "other", "token", "template", "password"]
        let names = field.secret == .url ? ["url"] : keys(of: rule) ?? any
        value =
          random.chance(0.5) && !field.isRequired
          ? "json.null" : "params." + random.pick(names, or: "key")
      } else {
        value = random.chance(0.5) && !field.isRequired ? "json.null" : plain(field, &random).1
      }
      parts.append("\(field.name) = \(value)")
    }
    if !isCareful {
      let name = random.pick(rule.fields.map(\.name) + ["futureField", "id"], or: "id")
      let masks = [
        "(all:list()[1] or {}).apiKey", "tostring((all:list()[1] or {}).apiKey)", "'****9abc'",
        "'https://h.example.com/****2101'", "{ '****9abc' }", "{ deep = { x = '******1234' } }",
        "5", "'plain'", "all:get('\(rule.type)')", "params.key",
      ]
      // How Atlas shows a secret in a field that nobody knows, nobody knows; nor one that is no URL.
      let isOpen = name == "futureField" || rule.field(name)?.secret == .url
      parts.append("\(name) = \(random.pick(isOpen ? masks.dropLast() : masks, or: "5"))")
    }
    return "{ \(parts.joined(separator: ", ")) }"
  }

  /// The secrets that Atlas takes as a key of a type, where it does not take any; of others `nil`.
  private static func keys(of rule: IntegrationRule) -> [String]? {
    ["DATADOG", "PAGER_DUTY"].contains(rule.type) ? ["key", "other"] : nil
  }

  private static func call(_ rules: [IntegrationRule], _ random: inout Generator) -> String {
    let rule = random.pick(rules, or: IntegrationRules.all[0])
    let verb = random.pick(
      ["create", "update", "update", "update", "set", "set", "delete"],
      or: "get"
    )
    return switch verb {
    case "delete", "get": "pcall(all.\(verb), all, '\(rule.type)')"
    default: "pcall(function() all:\(verb)('\(rule.type)', \(fields(rule, &random))) end)"
    }
  }

  private static func checkBodies(_ plan: ProjectPlan, unknown: Bool) {
    for operation in plan.operations {
      guard let body = operation.body else { continue }
      let type = operation.target.description
      #expect(!holdsMask(.object(body)), "a mask in \(operation)")
      #expect(body["type"] == .string(type))
      #expect(body["id"] == nil && body["links"] == nil)
      for name in AtlasModel.required[type] ?? [] {
        #expect(body[name].map { $0 != .null } == true, "\(name) is missing in \(operation)")
      }
      for (name, shown) in AtlasModel.secrets[type] ?? [:] where type != "SLACK" {
        switch body[name] {
        case .secret?: break
        case .null?: #expect(operation.verb == .update)
        case nil:
          // Left out: there was nothing to lose.
          let isHidden = shown == .never && operation.verb == .update
          #expect(operation.before?[name] == nil && !isHidden, "\(name) is lost in \(operation)")
        case _?: Issue.record("\(name) is plain text in \(operation)")
        }
      }
    }
  }

  private static func holdsMask(_ value: JSONValue) -> Bool {
    switch value {
    case .masked: true
    case .string(let text):
      text.contains(/^\*{4,}.{0,4}$/) || text.contains(/^[a-z]+:\/\/[^\/]+\/\*{4}.{0,4}$/)
    case .array(let elements): elements.contains(where: holdsMask)
    case .object(let object): object.contains { holdsMask($0.value) }
    default: false
    }
  }

  /// The image of a type in a list of Atlas.
  private static func images(_ atlas: AtlasModel) -> [IntegrationType: JSONObject] {
    atlas.listed().compactMap { Integration($0) }.reduce(into: [:]) { $0[$1.type] = $1.fields }
  }

  @Test(arguments: 0..<16) func `no random script makes a body that loses or spoils a secret`(
    seed: Int
  ) async throws {
    var random = Generator(state: UInt64(seed) &* 7919 &+ 1)
    for _ in 0..<20 {
      let atlas = Self.world(&random)
      // Few types, so that one is written several times.
      let rules = Array(IntegrationRules.all.shuffled(using: &random).prefix(seed % 3 == 0 ? 3 : 1))
      let calls = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        Self.call(rules, &random)
      }
      let allowsUnknown = random.chance(0.3)
      let plan = try await Bench.plan(calls.joined(separator: "\n"), on: atlas.listed()) {
        $0.allowsUnknownFields = allowsUnknown
      }
      #expect(plan.reason == nil)
      Self.checkBodies(plan, unknown: allowsUnknown)
      #expect(plan.operations.map(\.number) == Array(1..<plan.operations.count + 1))
      var after = atlas
      var images = Self.images(atlas)
      for operation in plan.operations {
        let type = try #require(operation.target.integrationType)
        #expect(
          ImageComparison.isSame(
            images[type].map { .object($0) },
            operation.before.map { .object($0) }
          )
        )
        after.apply(operation)
        images = Self.images(after)
        #expect(
          ImageComparison.isSame(
            images[type].map { .object($0) },
            operation.after.map { .object($0) }
          ),
          "\(operation.after.debugDescription) is not \(images[type].debugDescription)"
        )
        if operation.verb == .update {
          // Something changes, or nobody can tell.
          #expect(!operation.changes.isEmpty)
        }
      }
    }
  }

  @Test(arguments: 0..<10) func `planned again after it was applied, a script has nothing to do`(
    seed: Int
  ) async throws {
    var random = Generator(state: UInt64(seed) &* 104_729 &+ 3)
    for _ in 0..<6 {
      var atlas = Self.world(&random)
      // Types whose secrets are shown by tail, each written or deleted once.
      let types: [IntegrationType] = [
        "PAGER_DUTY", "DATADOG", "NEW_RELIC", "OPS_GENIE", "VICTOR_OPS", "MICROSOFT_TEAMS",
      ]
      let calls = types.compactMap { IntegrationRules.rule(for: $0) }.map { rule -> String in
        guard random.chance(0.8) else { return "all:delete('\(rule.type)')" }
        let names = Self.keys(of: rule) ?? ["key", "token"]
        let parts = rule.fields.map { field -> String in
          let secret =
            field.secret == .url
            ? "params.url" : "params." + random.pick(names, or: "key")
          return "\(field.name) = \(field.secret == nil ? Self.plain(field, &random).1 : secret)"
        }
        return "all:set('\(rule.type)', { \(parts.joined(separator: ", ")) })"
      }
      let body = calls.joined(separator: "\n")
      let plan = try await Bench.plan(body, on: atlas.listed())
      #expect(plan.reason == nil)
      for operation in plan.operations { atlas.apply(operation) }
      let again = try await Bench.plan(body, on: atlas.listed())
      #expect(again.reason == nil)
      #expect(again.verbs == [])
      #expect(again.outcome == .unchanged)
      #expect(plan.reads.drift(to: []).isEmpty == plan.reads.images.values.allSatisfy { $0 == nil })
    }
  }
}

/// What Atlas does with a body and shows of it.
///
/// It is written from Atlas' documentation and not from the code that is tested, and keeps secrets
/// whole, as Atlas does.
private struct AtlasModel {
  /// The secret fields of each type, and how each is shown.
  enum Shown {
    case key, url, stars, never
  }

  static let secrets: [String: [String: Shown]] = [
    "PAGER_DUTY": ["serviceKey": .key], "SLACK": ["apiToken": .key], "DATADOG": ["apiKey": .key],
    "NEW_RELIC": ["licenseKey": .key, "readToken": .key, "writeToken": .key],
    "OPS_GENIE": ["apiKey": .key], "VICTOR_OPS": ["apiKey": .key],
    "WEBHOOK": ["url": .url, "secret": .key, "bodyTemplate": .stars, "headersTemplate": .stars],
    "MICROSOFT_TEAMS": ["microsoftTeamsWebhookUrl": .url], "PROMETHEUS": ["password": .never],
  ]

  static let required: [String: [String]] = [
    "PAGER_DUTY": ["serviceKey"], "SLACK": ["channelName"], "DATADOG": ["apiKey"],
    "NEW_RELIC": ["accountId", "licenseKey", "readToken", "writeToken"], "OPS_GENIE": ["apiKey"],
    "VICTOR_OPS": ["apiKey"], "WEBHOOK": ["url"], "MICROSOFT_TEAMS": ["microsoftTeamsWebhookUrl"],
    "PROMETHEUS": ["username", "serviceDiscovery", "enabled"],
  ]

  /// The integrations as stored, by type.
  var stored: [String: [String: JSONValue]]
  private let values: [String: String]
  /// Whether PUT keeps what a body leaves out; Atlas' documentation says both.
  private let merges: Bool

  init(_ stored: [String: [String: JSONValue]], values: [String: String], merges: Bool) {
    self.stored = stored
    self.values = values
    self.merges = merges
  }

  /// Carries out an operation; a PUT of SLACK keeps the token.
  mutating func apply(_ operation: Operation) {
    let type = operation.target.description
    guard let body = operation.body else {
      stored[type] = nil
      return
    }
    var fields = merges && operation.verb == .update ? stored[type] ?? [:] : [:]
    for (name, value) in body where name != "type" {
      switch value {
      case .null: fields[name] = name == "region" ? "US" : nil
      case .secret(let reference): fields[name] = .string(values[reference.name] ?? "")
      default: fields[name] = value
      }
    }
    let hasRegion = ["DATADOG", "PAGER_DUTY", "OPS_GENIE"].contains(type)
    if hasRegion, operation.verb == .create, fields["region"] == nil { fields["region"] = "US" }
    if type == "SLACK" { fields["apiToken"] = stored[type]?["apiToken"] }
    stored[type] = fields
  }

  /// The answer to a list.
  func listed() -> [JSONObject] {
    stored.keys.sorted().map { type in
      var object: JSONObject = ["type": .string(type), "id": "65f0", "links": []]
      for (name, value) in stored[type] ?? [:] {
        guard let shown = Self.secrets[type]?[name] else {
          object[name] = value
          continue
        }
        object[name] = Self.show(value.stringValue ?? "", shown).map { .string($0) }
      }
      return object
    }
  }

  private static func show(_ text: String, _ shown: Shown) -> String? {
    switch shown {
    case .key: String(repeating: "*", count: max(0, text.count - 4)) + text.suffix(4)
    case .stars: String(repeating: "*", count: text.count)
    case .never: nil
    case .url:
      text.firstMatch(of: /^[a-z]+:\/\/[^\/]+\//).map { "\($0.0)****\(text.suffix(4))" }
    }
  }
}
