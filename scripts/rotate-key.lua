-- Rotates the key of one integration type: projects that use the old key get the new one.
--
--   godwit plan scripts/rotate-key.lua --param type=PAGER_DUTY --param tail=9abc \
--     --secret key=env:NEW_KEY
--
-- What happens to a project:
--   no integration of the type      skipped
--   the new key already             skipped; so a second plan after apply has nothing left
--   another key than the old one    skipped
--   otherwise                       the new key is sent, all else stays, then it is verified
--
-- Alert configurations keep copies of the key of their own. What happens to those that hold another
-- one than the new says `alerts`:
--   report   the plan's log names them, and nothing is changed (unless set)
--   move     they get the new key too, also where the integration has it already
--   ignore   they are not looked at, which saves a request a project
--
-- What it needs: a role that may change integrations and alerts (Project Owner), the new key, and the last
-- four characters of the old one, which is how Atlas shows it (`godwit inventory` lists them).
-- Without `tail` every project with the type gets the new key.
--
-- The types that it knows and the field that is their key:
--   DATADOG apiKey, OPS_GENIE apiKey, VICTOR_OPS apiKey, PAGER_DUTY serviceKey,
--   MICROSOFT_TEAMS microsoftTeamsWebhookUrl, PROMETHEUS password
--
-- What it cannot do: tell whether a PROMETHEUS password is the new one. Atlas shows nothing of it,
-- so `tail` is refused there, and every plan sends it again. SLACK, whose token only a person can change; WEBHOOK and NEW_RELIC, which have more than
-- one secret (for WEBHOOK there is webhook-secret-rotation.lua).

-- For each type the field that is its key, and the copy's field in a notification of an alert.
local keys = {
  DATADOG = { field = "apiKey", copy = "datadogApiKey" },
  MICROSOFT_TEAMS = { field = "microsoftTeamsWebhookUrl", copy = "microsoftTeamsWebhookUrl" },
  OPS_GENIE = { field = "apiKey", copy = "opsGenieApiKey" },
  PAGER_DUTY = { field = "serviceKey", copy = "serviceKey" },
  PROMETHEUS = { field = "password" },
  VICTOR_OPS = { field = "apiKey", copy = "victorOpsApiKey" },
}

local types = {}
for type in pairs(keys) do types[#types + 1] = type end

--- Whether a notification holds a copy of the old key.
local function isStale(notification, params)
  local copy = notification.typeName == params.type and notification[keys[params.type].copy]
  if not copy or copy:matches(params.key) then return false end
  return not params.tail or copy.tail == params.tail
end

--- The alert configurations of which a notification holds a copy of the old key.
local function staleAlerts(project, params)
  local stale = {}
  if params.alerts == "ignore" or not keys[params.type].copy then return stale end
  for _, alert in ipairs(project.alerts:using(params.type)) do
    for _, notification in ipairs(alert.notifications) do
      if isStale(notification, params) then
        stale[#stale + 1] = alert
        break
      end
    end
  end
  return stale
end

--- Gives the stale notifications of an alert configuration the new key.
local function moveAlert(project, alert, params)
  local notifications = json.array{}
  for index, notification in ipairs(alert.notifications) do
    local copy = {}
    for field, value in pairs(notification) do copy[field] = value end
    if isStale(notification, params) then copy[keys[params.type].copy] = params.key end
    notifications[index] = copy
  end
  project.alerts:update(alert.id, { notifications = notifications })
end

--- Names alert configurations in the plan's log.
local function report(stale)
  for _, alert in ipairs(stale) do
    log.warn("alert configuration %s keeps another key (%s)", alert.eventTypeName, alert.id)
  end
end

---@type godwit.Migration
return {
  name = "rotate-key",
  summary = "Rotate the key of one integration type",

  may = { update = types, alerts = { "update" } },

  params = {
    type = { type = "string", choices = types, help = "Integration type" },
    tail = { type = "string", optional = true, help = "Last four characters of the old key" },
    key = { type = "secret", help = "New key" },
    alerts = {
      type = "string", default = "report", choices = { "ignore", "report", "move" },
      help = "What to do about copies of the old key in alert configurations",
    },
  },

  migrate = function(project, params)
    local field = keys[params.type].field
    if params.tail and params.type == "PROMETHEUS" then
      error("Atlas shows no tail of a PROMETHEUS password: leave tail out")
    end
    local integration = project.integrations:get(params.type)
    if not integration then return skip("no " .. params.type .. " integration") end

    local old = integration[field]
    local isRotated = old ~= nil and old:matches(params.key)
    if not isRotated and old ~= nil and params.tail and old.tail ~= params.tail then
      return skip("uses another key than the one that ends in " .. params.tail)
    end

    local stale = staleAlerts(project, params)
    if not isRotated then
      project.integrations:update(params.type, { [field] = params.key })
    elseif params.alerts ~= "move" or #stale == 0 then
      report(stale)
      return skip("has the new key already")
    end
    if params.alerts ~= "move" then return report(stale) end
    for _, alert in ipairs(stale) do moveAlert(project, alert, params) end
  end,

  verify = function(project, params)
    local integration = project.integrations:get(params.type)
    assert(integration, "the " .. params.type .. " integration is gone")
    local key = integration[keys[params.type].field]
    assert(key == nil or key:matches(params.key) ~= false, "the key is another one")
    if params.alerts == "move" then
      assert(#staleAlerts(project, params) == 0, "an alert configuration keeps another key")
    end
  end,
}
