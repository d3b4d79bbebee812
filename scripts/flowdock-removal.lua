-- Removes Flowdock, which ended in 2022: first from alert configurations, then the integration.
--
--   godwit plan scripts/flowdock-removal.lua --has FLOWDOCK
--   godwit plan scripts/flowdock-removal.lua --param replacement=owners
--   godwit apply RUN --accept-irreversible
--
-- What happens to a project:
--   no Flowdock, and no alert configuration that notifies it   skipped
--   an alert configuration notifies others too                 it loses the Flowdock notification
--   an alert configuration notifies Flowdock only              held, or it gets the `replacement`
--   then                                                       the integration is deleted
--
-- What `replacement` can be:
--   owners            the project's owners, by mail
--   an address        that mail address
--   SLACK, PAGER_DUTY, OPS_GENIE, VICTOR_OPS, DATADOG, WEBHOOK, MICROSOFT_TEAMS
--                     that integration of the project; a project without it is held
--
-- What it needs: a role that may change integrations and alert configurations (Project Owner), an
-- API key (only the older API v1.0 knows Flowdock, and it takes no service accounts), and
-- --accept-irreversible with apply: Atlas accepts no Flowdock integration any more.
--
-- What it cannot do: bring Flowdock's last notifications back to life. Alert configurations that
-- are switched off are changed too, so that nothing names Flowdock any more.

local routes = {
  DATADOG = true, MICROSOFT_TEAMS = true, OPS_GENIE = true, PAGER_DUTY = true, SLACK = true,
  VICTOR_OPS = true, WEBHOOK = true,
}

--- The notification that takes Flowdock's place; nil and why, if there is none.
local function replacement(project, wanted)
  if not wanted then return nil, "would reach nobody" end
  if wanted == "owners" then
    return {
      typeName = "GROUP", roles = json.array{ "GROUP_OWNER" }, emailEnabled = true,
      smsEnabled = false, delayMin = 0, intervalMin = 60,
    }
  end
  if wanted:find("@", 1, true) then
    return { typeName = "EMAIL", emailAddress = wanted, delayMin = 0, intervalMin = 60 }
  end
  if not routes[wanted] then
    error("replacement is \"" .. wanted .. "\": it takes owners, an address, or a type")
  end
  if not project.integrations:get(wanted) then
    return nil, "would reach nobody, and the project has no " .. wanted
  end
  return { typeName = wanted, delayMin = 0 }
end

---@type godwit.Migration
return {
  name = "flowdock-removal",
  summary = "Remove Flowdock from alert configurations, then the integration",

  may = { delete = { "FLOWDOCK" }, alerts = { "update" } },

  params = {
    replacement = {
      type = "string", optional = true, help = "Who is notified where Flowdock was the only one",
    },
  },

  migrate = function(project, params)
    local configurations = project.alerts:using("FLOWDOCK")
    local flowdock = project.integrations:get("FLOWDOCK")
    if not flowdock and #configurations == 0 then return skip("no Flowdock") end

    local silent = {}
    for _, alert in ipairs(configurations) do
      local rest = json.array{}
      for _, notification in ipairs(alert.notifications) do
        if notification.typeName ~= "FLOWDOCK" then rest[#rest + 1] = notification end
      end
      local reason
      if #rest == 0 then rest[1], reason = replacement(project, params.replacement) end
      if #rest > 0 then
        project.alerts:update(alert.id, { notifications = rest })
      else
        log.warn("%s (%s) %s", alert.eventTypeName, alert.id, reason)
        silent[#silent + 1] = reason
      end
    end
    if #silent > 0 then
      -- One reason for all such projects, so that they are listed together.
      return hold("an alert configuration " .. silent[1] .. ": name a replacement")
    end
    project.integrations:delete("FLOWDOCK")
  end,

  verify = function(project)
    assert(not project.integrations:get("FLOWDOCK"), "the Flowdock integration is still there")
    assert(#project.alerts:using("FLOWDOCK") == 0, "an alert configuration still notifies Flowdock")
  end,
}
