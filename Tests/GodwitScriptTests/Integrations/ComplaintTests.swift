import GodwitCore
import GodwitScript
import Testing

@Suite struct ComplaintTests {
  static let world = [
    Bench.datadog, Bench.prometheus, Bench.webhook, Bench.slack, Bench.future,
    ["type": "HIP_CHAT", "roomName": "x", "notificationToken": "****9abc"],
    [
      "type": "VICTOR_OPS", "apiKey": "****9abc", "routingKey": "r", "region2": "x",
      "extra": ["deep": "****4444"],
    ],
  ]

  static let plainText =
    "what a script writes lies in the run file: declare a parameter of type \"secret\""
  static let stars = "Atlas would store the stars in place of the secret: give a secret parameter"

  /// A call, then what is said about it.
  static let complaints: [(String, String)] = [
    ("all:get()", "get takes the type of an integration; for example :get(\"DATADOG\")"),
    ("all:get(5)", "get takes the type of an integration; for example :get(\"DATADOG\")"),
    ("all:get('DATADGO')", "unknown integration type \"DATADGO\"; did you mean \"DATADOG\"?"),
    ("all:get('datadog')", "unknown integration type \"datadog\"; did you mean \"DATADOG\"?"),
    (
      "all:get('grafana')",
      "unknown integration type \"grafana\"; valid: "
        + IntegrationRules.typeNames.joined(separator: ", ")
    ),
    (
      "all:delete('GRAFANA')",
      "unknown integration type \"GRAFANA\"; valid: "
        + IntegrationRules.typeNames.joined(separator: ", ")
    ),
    ("all:update('DATADOG')", "update takes a table of fields; for example { region = \"EU\" }"),
    ("all:set('DATADOG', 'EU')", "set takes a table of fields; for example { region = \"EU\" }"),
    (
      "all:update('DATADOG', { 'EU' })",
      "update takes a table of fields; for example { region = \"EU\" }"
    ),
    (
      "all:update('DATADOG', json.array{})",
      "update takes a table of fields; for example { region = \"EU\" }"
    ),
    (
      "all:update('DATADOG', { [5] = 1 })",
      "the fields of update: the array has a hole before [5]; json.null can stand in one"
    ),
    (
      "all:update('DATADOG', { [true] = 1 })",
      "the fields of update: the key [true] is not text"
    ),
    (
      "all:update('DATADOG', { region = print })",
      "the fields of update.region: a function has no JSON form"
    ),
    (
      "all:update('DATADOG', { region = '\\xff' })",
      "the fields of update.region: the text is not valid UTF-8"
    ),
    (
      "all:update('DATADOG', { region = 1/0 })",
      "the fields of update.region: inf has no JSON form"
    ),
    (
      "all:create('DATADOG', { apiKey = params.key })",
      "DATADOG is configured already; use :update, or :set for either"
    ),
    (
      "all:update('OPS_GENIE', { region = 'EU' })",
      "OPS_GENIE is not configured in this project; use :create, or :set for either"
    ),
    (
      "all:create('PAGER_DUTY', { region = 'EU' })",
      "PAGER_DUTY needs serviceKey; give a field of a secret a parameter of type \"secret\""
    ),
    (
      "all:create('NEW_RELIC', { readToken = params.token, accountId = '5' })",
      "NEW_RELIC needs licenseKey, writeToken; give a field of a secret a parameter of type"
        + " \"secret\""
    ),
    (
      "all:create('OPS_GENIE', { apiKey = json.null })",
      "OPS_GENIE.apiKey is required and cannot be cleared"
    ),
    (
      "all:update('DATADOG', { type = 'WEBHOOK' })",
      "type is \"WEBHOOK\" in a write of DATADOG; leave type out"
    ),
    (
      "all:update('DATADOG', { region = 5 })",
      "DATADOG.region takes one of US, EU, US3, US5, AP1, US1_FED, not a number"
    ),
    (
      "all:update('DATADOG', { region = 'eu' })",
      "DATADOG.region cannot be \"eu\"; Atlas accepts US, EU, US3, US5, AP1, US1_FED"
    ),
    (
      "all:update('DATADOG', { sendDatabaseMetrics = 'yes' })",
      "DATADOG.sendDatabaseMetrics takes a boolean, not a string"
    ),
    (
      "all:update('DATADOG', { regoin = 'EU' })",
      "unknown field \"regoin\" of DATADOG; did you mean \"region\"?"
        + " (--allow-unknown-fields lets it through)"
    ),
    (
      "all:update('DATADOG', { apiKey = '0123456789abcdef' })",
      "DATADOG.apiKey takes a secret, not a string; \(plainText)"
    ),
    (
      "all:update('WEBHOOK', { url = 'https://x.example.com/y' })",
      "WEBHOOK.url takes a secret, not a string; \(plainText)"
    ),
    (
      "all:update('WEBHOOK', { bodyTemplate = '{}' })",
      "WEBHOOK.bodyTemplate takes a secret, not a string; \(plainText)"
    ),
    (
      "all:update('WEBHOOK', { secret = {} })",
      "WEBHOOK.secret takes a secret, not an object; \(plainText)"
    ),
    (
      "all:update('DATADOG', { region = params.key })",
      "DATADOG.region is not a secret field; a secret there would be shown in clear by Atlas"
    ),
    (
      "all:update('PROMETHEUS', { username = params.key, password = params.password })",
      "PROMETHEUS.username is not a secret field; a secret there would be shown in clear by Atlas"
    ),
    (
      "all:update('PROMETHEUS', { enabled = false })",
      "an update of PROMETHEUS must supply password: Atlas does not give it back, and a PUT without"
        + " it would wipe it; give a secret parameter, or json.null to clear it"
    ),
    (
      "all:update('DATADOG', { region = 'EU' })",
      "an update of DATADOG must supply apiKey: Atlas does not give it back, and a PUT without it"
        + " would wipe it; give a secret parameter, or json.null to clear it"
    ),
    (
      "all:update('WEBHOOK', {})",
      "an update of WEBHOOK must supply secret, url: Atlas does not give it back, and a PUT without"
        + " it would wipe it; give a secret parameter, or json.null to clear it"
    ),
    ("all:update('WEBHOOK', { url = json.null })", "WEBHOOK.url is required and cannot be cleared"),
    (
      "all:update('SLACK', { channelName = ('x'):rep(81) })",
      "SLACK.channelName has 81 characters; it takes 1 to 80"
    ),
    (
      "all:create('HIP_CHAT', {})",
      "HIP_CHAT cannot be created: the service has ended; it can be read and deleted only"
    ),
    (
      "all:update('HIP_CHAT', { roomName = 'y' })",
      "HIP_CHAT cannot be updated: the service has ended; it can be read and deleted only"
    ),
    (
      "all:update('FUTURE', { level = 4 })",
      "FUTURE is a type that this version does not know, so it cannot write it; it can be listed,"
        + " read and kept as it is"
    ),
    // Masks in every disguise.
    (
      "all:update('DATADOG', { apiKey = all:get('DATADOG').apiKey })",
      "DATADOG.apiKey would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "all:update('DATADOG', { apiKey = tostring(all:get('DATADOG').apiKey) })",
      "DATADOG.apiKey would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "all:update('DATADOG', all:get('DATADOG'))",
      "DATADOG.apiKey would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "all:update('VICTOR_OPS', { apiKey = params.key, routingKey = '******9abc' })",
      "VICTOR_OPS.routingKey would be set to the masked value ******9abc; \(stars)"
    ),
    (
      "all:update('PROMETHEUS', { password = params.password, username = all:get('DATADOG').apiKey })",
      "PROMETHEUS.username would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "all:update('VICTOR_OPS', { apiKey = params.key, routingKey = 'https://h.example.com/****2101' })",
      "VICTOR_OPS.routingKey would be set to the masked value https://h.example.com/****2101; \(stars)"
    ),
    (
      "all:update('VICTOR_OPS', { apiKey = params.key })",
      "an update of VICTOR_OPS must supply extra: Atlas does not give it back, and a PUT without it"
        + " would wipe it; give a secret parameter, or json.null to clear it"
    ),
  ]

  @Test(arguments: complaints) func `a write that cannot be made is refused with its reason`(
    call: String,
    reason: String
  ) async throws {
    let plan = try await Bench.plan("\nlocal x = \(call)", on: Self.world)
    #expect(plan.outcome == .failed)
    #expect(plan.reason == reason)
    #expect(plan.position == ScriptPosition(file: "bench.lua", line: 3))
    #expect(plan.operations.isEmpty)
  }

  /// The same with `--allow-unknown-fields`; nil where the write goes through.
  static let unknown: [(String, String?)] = [
    ("{ newField = 5, other = { 'a', { b = json.null } } }", nil),
    ("{ newField = params.other }", nil),
    ("{ newField = { deep = { params.other } } }", nil),
    (
      "{ newField = '****9abc' }",
      "DATADOG.newField would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "{ newField = { { deep = '****9abc' } } }",
      "DATADOG.newField.deep would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "{ newField = { all:get('DATADOG').apiKey } }",
      "DATADOG.newField would be set to the masked value ****9abc; \(stars)"
    ),
    (
      "{ newToken = 'abc' }",
      "DATADOG.newToken is named like a secret and holds plain text; \(plainText)"
    ),
    (
      "{ newField = { password = 'abc' } }",
      "DATADOG.newField is named like a secret and holds plain text; \(plainText)"
    ),
  ]

  @Test(arguments: unknown) func `unknown fields are let through if that is allowed`(
    fields: String,
    reason: String?
  ) async throws {
    let body = "local f = \(fields) f.apiKey = params.key all:update('DATADOG', f)"
    let plan = try await Bench.plan(body, on: Self.world) { $0.allowsUnknownFields = true }
    #expect(plan.reason == reason)
    #expect(plan.outcome == (reason == nil ? .changed : .failed))
    if reason == nil {
      #expect(plan.operations.first?.body?["newField"]?.isEmptyLike == false)
      let names = plan.operations.first?.secretNames ?? []
      #expect(
        names.contains("other") == fields.contains("other)") || fields.contains("params.other")
      )
    }
  }

  static let verbs = [
    ("all:create('OPS_GENIE', { apiKey = params.key })", "create", "OPS_GENIE"),
    ("all:set('OPS_GENIE', { apiKey = params.key })", "create", "OPS_GENIE"),
    ("all:set('DATADOG', { apiKey = params.key })", "update", "DATADOG"),
    ("all:delete('DATADOG')", "delete", "DATADOG"),
  ]

  @Test(arguments: verbs) func `what is not declared in may is refused`(
    call: String,
    verb: String,
    type: String
  ) async throws {
    let plan = try await Bench.plan(call, on: Self.world) { $0.may = May() }
    #expect(
      plan.reason == "this migration may not \(verb) \(type);"
        + " declare it: may = { \(verb) = { \"\(type)\" } }"
    )
    #expect(plan.outcome == .failed)
  }

  @Test func `a complaint can be caught, and the script goes on`() async throws {
    let lines = try await Bench.printed(
      "local ok, e = pcall(function() all:update('DATADOG', { regoin = 1 }) end)\n"
        + "print(ok, (tostring(e):gsub('.*bench.lua', 'bench.lua')))",
      on: Self.world
    )
    #expect(
      lines.first?.hasPrefix("false\tbench.lua:2: unknown field \"regoin\" of DATADOG") == true
    )
  }
}
