/// Scripts that do something random to each project, the same each time it is planned.
enum AgreementScripts {
  /// The parts that both share: what a type may be given, at random.
  private static let parts = """
    local random = math.random
    local function pick(list) return list[random(#list)] end
    local function coin() return random(2) == 1 end

    local fields = {
      DATADOG = function(p)
        return {
          apiKey = p.apiKey, region = pick{ "US", "EU", "US3", "US5", "AP1" },
          sendDatabaseMetrics = coin(), sendQueryStatsMetrics = coin(),
        }
      end,
      PAGER_DUTY = function(p) return { serviceKey = p.apiKey, region = pick{ "US", "EU" } } end,
      OPS_GENIE = function(p) return { apiKey = p.uuid, region = pick{ "US", "EU" } } end,
      VICTOR_OPS = function(p) return { apiKey = p.uuid, routingKey = pick{ "day", "night" } } end,
      WEBHOOK = function(p)
        return { url = p.url, secret = p.apiKey, bodyTemplate = json.null, headersTemplate = json.null }
      end,
      MICROSOFT_TEAMS = function(p) return { microsoftTeamsWebhookUrl = p.url } end,
    }
    local names = { "DATADOG", "MICROSOFT_TEAMS", "OPS_GENIE", "PAGER_DUTY", "VICTOR_OPS", "WEBHOOK" }
    local secrets = {
      apiKey = { type = "secret" }, uuid = { type = "secret" }, url = { type = "secret" },
    }
    """

  /// Any verb on any type and on alert configurations, what is refused in plan left out.
  static let anything = """
    -- seed SEED
    \(parts)
    fields.PROMETHEUS = function(p)
      return {
        enabled = coin(), serviceDiscovery = pick{ "http", "file" }, username = "u",
        password = p.apiKey,
      }
    end
    local all = { "PROMETHEUS", "SLACK", "HIP_CHAT", table.unpack(names) }

    local function alter(alerts, p)
      local list = alerts:list()
      local verb = pick{ "create", "update", "enable", "disable", "delete", "move" }
      if verb == "create" then
        return alerts:create{
          eventTypeName = "NO_PRIMARY", enabled = coin(),
          notifications = { { typeName = "EMAIL", emailAddress = "a@example.com", delayMin = 0,
            intervalMin = random(5, 60) } },
        }
      end
      local alert = #list > 0 and pick(list)
      if not alert then return end
      if verb == "update" then
        alerts:update(alert.id, { enabled = coin() })
      elseif verb == "move" then
        local notifications = json.array{}
        for index, notification in ipairs(alert.notifications) do
          local copy = {}
          for key, value in pairs(notification) do copy[key] = value end
          copy.delayMin = random(0, 3)
          if copy.typeName == "DATADOG" then copy.datadogApiKey = p.apiKey end
          notifications[index] = copy
        end
        alerts:update(alert.id, { notifications = notifications })
      else
        alerts[verb](alerts, alert.id)
      end
    end

    return {
      name = "anything",
      may = {
        create = all, update = all, delete = all,
        alerts = { "create", "update", "delete", "toggle" },
      },
      params = secrets,
      migrate = function(project, p)
        local integrations = project.integrations
        for _ = 1, random(1, 5) do
          local kind = pick(all)
          if coin() and coin() then
            pcall(alter, project.alerts, p)
          elseif kind == "SLACK" then
            local slack = integrations:get("SLACK")
            if slack and slack.teamName then
              integrations:update("SLACK", { channelName = pick{ "#a", "#b" } })
            end
          else
            local verb = pick{ "create", "update", "set", "set", "delete" }
            local values = fields[kind] and fields[kind](p) or {}
            pcall(integrations[verb], integrations, kind, values)
          end
        end
      end,
    }
    """

  /// What each type shall be, by set, update and delete: planned again there is nothing to do.
  static let convergent = """
    -- seed SEED
    \(parts)
    return {
      name = "convergent",
      may = { create = names, update = names, delete = names },
      params = secrets,
      migrate = function(project, p)
        for _, kind in ipairs(names) do
          local verb = pick{ "none", "set", "update", "delete" }
          local values = fields[kind](p)
          if verb == "set" then
            project.integrations:set(kind, values)
          elseif verb == "update" and project.integrations:get(kind) then
            project.integrations:update(kind, values)
          elseif verb == "delete" then
            project.integrations:delete(kind)
          end
        end
      end,
    }
    """
}
