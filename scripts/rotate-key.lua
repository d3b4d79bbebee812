-- Rotates the key of one integration type: projects that use the old key get the new one.
--
--   godwit plan scripts/rotate-key.lua --param type=PAGER_DUTY --param tail=9abc \
--     --secret key=env:NEW_KEY
--
-- What happens to a project:
--   no integration of the type      the integration is skipped
--   the new key already             likewise; so a second plan after apply has nothing left
--   another key than the old one    likewise
--   otherwise                       the new key is sent, all else stays, then it is verified
--
-- Alert configurations keep copies of the key of their own, whatever the integration has, and also
-- where there is none any more. What happens to those that hold the old key (without `tail`: any but
-- the new one) says `alerts`:
--   report   the plan's log names them, and nothing is changed (unless set)
--   move     they get the new key too
--   ignore   they are not looked at, which saves a request a project; the plan says so
--
-- What it needs: a role that may change integrations and alerts (Project Owner), the new key, and the
-- last four characters of the old one as Atlas shows them behind ****, capitals as shown
-- (`godwit inventory` lists them). Without `tail` every project with the type gets the new key.
--
-- The types that it knows and the field that is their key:
--   DATADOG apiKey, OPS_GENIE apiKey, VICTOR_OPS apiKey, PAGER_DUTY serviceKey,
--   MICROSOFT_TEAMS microsoftTeamsWebhookUrl, PROMETHEUS password
--
-- What it cannot do: tell whether a PROMETHEUS password is the new one. Atlas shows nothing of it,
-- so `tail` is refused there, and every plan sends it again. Neither does it rotate SLACK, whose token
-- only a person can change, nor WEBHOOK and NEW_RELIC, which have more than one secret (for WEBHOOK
-- there is webhook-secret-rotation.lua).

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

--- The end of the old key as Atlas shows it; nil where none is asked for.
local function wantedTail(params)
  if not params.tail then return nil end
  if params.type == "PROMETHEUS" then
    error("Atlas shows no tail of a PROMETHEUS password: leave tail out")
  end
  local tail = params.tail:gsub("^%*%*%*%*", "")
  if utf8.len(tail) ~= 4 or tail:find("[%s*]") then
    error(
      "tail is \"" .. params.tail .. "\": it takes the four characters that Atlas shows behind ****"
    )
  end
  return tail
end

--- Whether a key that Atlas shows is the old one.
local function isOld(key, params)
  local tail = wantedTail(params)
  if not tail or key.tail == tail then return true end
  -- Small and capital letters make different keys; a plan that finds nothing would read as done.
  if key.tail and key.tail:lower() == tail:lower() then
    error("a key here ends in " .. key.tail .. ": write tail as Atlas shows it, not " .. tail)
  end
  return false
end

--- Whether a notification holds a copy of the old key.
local function isStale(notification, params)
  local copy = notification.typeName == params.type and notification[keys[params.type].copy]
  if not copy or copy:matches(params.key) then return false end
  return isOld(copy, params)
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

--- Why an integration stays as it is; nil if it gets the new key.
local function reasonToLeave(integration, params)
  if not integration then return "no " .. params.type .. " integration" end
  local key = integration[keys[params.type].field]
  if key == nil then return nil end
  if key:matches(params.key) then return "has the new key already" end
  if isOld(key, params) then return nil end
  return "uses another key than the one that ends in " .. wantedTail(params)
end

--- What a reason to skip says of alert configurations besides, in words that group projects.
local function remark(stale, params)
  if not keys[params.type].copy then return "" end
  if params.alerts == "ignore" then return "; alerts ignored" end
  return #stale > 0 and "; alerts keep another key" or ""
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
    wantedTail(params)
    local integration = project.integrations:get(params.type)
    local reason = reasonToLeave(integration, params)
    if not reason then
      project.integrations:update(params.type, { [keys[params.type].field] = params.key })
    end

    local stale = staleAlerts(project, params)
    if params.alerts == "move" and #stale > 0 then
      for _, alert in ipairs(stale) do moveAlert(project, alert, params) end
      return
    end
    for _, alert in ipairs(stale) do
      log.warn("alert configuration %s keeps another key (%s)", alert.eventTypeName, alert.id)
    end
    if reason then return skip(reason .. remark(stale, params)) end
  end,

  verify = function(project, params)
    local integration = project.integrations:get(params.type)
    -- Where only alerts were moved, the integration may be gone, or have a third key.
    if params.alerts == "move" then
      assert(#staleAlerts(project, params) == 0, "an alert configuration keeps another key")
    else
      assert(integration, "the " .. params.type .. " integration is gone")
    end
    local key = integration and integration[keys[params.type].field]
    local isNew = key == nil or key:matches(params.key) ~= false
    local isThird = params.alerts == "move" and params.tail and not isNew and not isOld(key, params)
    assert(isNew or isThird, "the key is another one")
  end,
}
