/// The words that invented companies name their organisations, teams and services with.
enum Vocabulary {
  static let organizations = [
    "Harbor Retail", "Northwind Freight", "Lumen Health", "Cedar Bank", "Atelier Media",
    "Quarry Games",
  ]

  static let teams = [
    "accounts", "ads", "analytics", "billing", "brand", "cargo", "catalog", "checkout", "claims",
    "cms", "compliance", "crm", "data", "devices", "fleet", "fraud", "fulfilment", "growth",
    "identity", "insights", "inventory", "ledger", "loyalty", "mobile", "orders", "partners",
    "payments", "platform", "pricing", "profiles", "returns", "risk", "routing", "search",
    "shipping", "stores", "support", "telemetry", "treasury", "web",
  ]

  static let services = [
    "api", "archive", "audit", "auth", "batch", "bff", "cache", "cart", "cdc", "config", "core",
    "events", "export", "feed", "gateway", "graph", "hub", "import", "index", "ingest", "jobs",
    "journal", "lake", "limits", "mailer", "media", "metrics", "notify", "offers", "portal",
    "queue", "quotes", "rates", "reports", "rules", "scheduler", "sessions", "state", "stream",
    "sync", "tasks", "tokens", "tracker", "wallet", "webhooks", "worker",
  ]

  /// Environments with their weights and the texts in which they stand in names.
  static let environments: [(Environment, Int)] = [
    (Environment(name: "prod", texts: ["prod", "prod", "prd", "production"], tier: "1"), 42),
    (Environment(name: "staging", texts: ["staging", "stg", "stage"], tier: "2"), 26),
    (Environment(name: "dev", texts: ["dev", "dev", "development"], tier: "3"), 20),
    (Environment(name: "test", texts: ["test", "qa", "uat"], tier: "3"), 9),
    (Environment(name: "sandbox", texts: ["sandbox", "poc"], tier: "4"), 3),
  ]

  struct Environment {
    let name: String
    let texts: [String]
    let tier: String
  }

  static let regions = ["eu1", "us2", "apac", "latam", "blue", "green", "v2"]

  /// Names as they come when nobody keeps to a scheme; all are legal in Atlas.
  static let oddNames = [
    "Müller&Co_billing", "data.platform+ml", "(old)reporting", "Legacy_CRM", "o'brien-demo",
    "ops@night", "zürich-ledger:prod", "TMP,do-not-delete",
  ]

  static let slackTeams = ["harbor-eng", "northwind", "lumen-health", "cedar", "atelier", "quarry"]
}
