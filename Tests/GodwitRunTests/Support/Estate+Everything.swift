import GodwitCore
import GodwitJournal
import GodwitRun

// A migration with operations of all kinds.

extension Estate {
  /// Every verb on integrations, alert configurations and by path.
  ///
  /// Two operations are on one type: what is there is made anew, the rest is created. The POST, of
  /// which nothing tells whether it was made, stands between others in some projects and alone in
  /// some.
  static let everything = """
    local function alter(alerts, list)
      local renamed, moved
      for _, alert in ipairs(list) do
        if not renamed and alert.eventTypeName == "NO_PRIMARY" then
          renamed = alert.id
          alerts:update(alert.id, { eventTypeName = "HOST_DOWN" })
        elseif not moved then
          for index, notification in ipairs(alert.notifications) do
            -- Of a notification that is found by its notifierId Atlas keeps the secret.
            if notification.datadogApiKey or notification.notificationToken
              or notification.webhookUrl or notification.serviceKey then
              moved = alert.id
              notification.delayMin = (notification.delayMin or 0) + 5
            end
          end
          if moved then alerts:update(alert.id, { notifications = alert.notifications }) end
        end
      end
      local last = list[#list]
      if #list > 1 and last.id ~= renamed and last.id ~= moved then alerts:delete(last.id) end
      local first = list[1]
      if #list > 2 and first.id ~= renamed and first.id ~= moved then
        if first.enabled then alerts:disable(first.id) else alerts:enable(first.id) end
      end
      if #list % 3 == 1 then
        alerts:create{
          eventTypeName = "HOST_DOWN",
          enabled = true,
          notifications = { { typeName = "EMAIL", emailAddress = "night@example.com" } },
        }
      end
    end

    return {
      name = "everything",
      may = {
        update = { "DATADOG" }, create = { "OPS_GENIE", "VICTOR_OPS" },
        delete = { "OPS_GENIE", "PAGER_DUTY" },
        alerts = { "create", "update", "toggle", "delete" },
        request = { "POST /maintenanceWindow/autoDefer", "PATCH /auditLog" },
      },
      params = { apiKey = { type = "secret" }, uuid = { type = "secret" } },
      migrate = function(project, params)
        local all = project.integrations
        if all:get("DATADOG") then
          all:update("DATADOG", { region = "EU", apiKey = params.apiKey })
        end
        local list = project.alerts:list()
        if all:get("PAGER_DUTY") and #list > 0 then
          project:request{ method = "POST", path = "/maintenanceWindow/autoDefer" }
        end
        if all:get("OPS_GENIE") then
          all:delete("OPS_GENIE")
          all:create("OPS_GENIE", { region = "EU", apiKey = params.uuid })
          project:request{ method = "PATCH", path = "/auditLog", body = { enabled = true } }
        end
        alter(project.alerts, list)
        if all:get("PAGER_DUTY") then all:delete("PAGER_DUTY") end
        if not all:get("VICTOR_OPS") and not all:get("DATADOG") then
          all:create("VICTOR_OPS", { apiKey = params.uuid, routingKey = "night" })
        end
      end,
    }
    """

  /// The path of the POST in ``everything``, below a project.
  static let post = "/maintenanceWindow/autoDefer"

  /// How often each write is to be made by a plan: as ``Sequence/madeWrites`` counts them.
  func plannedWrites(_ name: String = "a.godwit") throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for record in try records(name) where record.plan.outcome == .changed {
      for entry in record.operations {
        counts[entry.operation.logged(in: record.project.id), default: 0] += 1
      }
    }
    return counts
  }

  /// What kinds of operations a plan has, and how many of each.
  func plannedKinds(_ name: String = "a.godwit") throws -> [String: Int] {
    let operations = try records(name).filter { $0.plan.outcome == .changed }
      .flatMap(\.operations).map(\.operation)
    return Dictionary(operations.map { ($0.kindName, 1) }, uniquingKeysWith: +)
  }

  /// The kinds of operations that ``everything`` is made of, and how many of each a world of 60
  /// projects has at least.
  static let kinds = [
    "create integration": 20, "update integration": 20, "delete integration": 10,
    "create alert": 3, "update alert": 5, "toggle alert": 5, "delete alert": 5,
    "PATCH /auditLog": 3, "POST /maintenanceWindow/autoDefer": 5,
  ]
}

extension Operation {
  /// Method and path, as the simulator logs them.
  func logged(in project: ProjectID) -> String {
    let base = "/groups/\(project)"
    switch target {
    case .integration(let type):
      let method =
        switch verb {
        case .create: "POST"
        case .update, .toggle: "PUT"
        case .delete: "DELETE"
        }
      return "\(method) /api/atlas/v2\(base)/integrations/\(type)"
    case .alert(let alert):
      let root = (alert.isLegacy ? "/api/atlas/v1.0" : "/api/atlas/v2") + base + "/alertConfigs"
      guard let id = alert.id else { return "POST \(root)" }
      let method =
        switch verb {
        case .create: "POST"
        case .update: "PUT"
        case .toggle: "PATCH"
        case .delete: "DELETE"
        }
      return "\(method) \(root)/\(id)"
    case .request(let request):
      return "\(request.method) /api/atlas/v2\(base)\(request.path)"
    }
  }

  /// What kind of operation it is, of the kinds that are carried out in their own ways.
  var kindName: String {
    switch target {
    case .integration: "\(verb) integration"
    case .alert: "\(verb) alert"
    case .request(let request): "\(request)"
    }
  }
}
