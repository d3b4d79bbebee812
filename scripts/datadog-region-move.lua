-- Moves Datadog integrations from one Datadog site to another.
--
-- Datadog accounts live on one site (US, EU, US3, US5, AP1 or US1_FED), and so do their API keys:
-- a move needs a key of the new site. Everything else of the integration, the switches for what is
-- sent included, stays as it is.
--
--   godwit plan scripts/datadog-region-move.lua \
--     --param from=US --param to=EU --secret apiKey=env:DATADOG_EU_KEY
--
-- What it needs: a role that may change integrations (Project Owner), and an API key of the new
-- Datadog site, 32 hexadecimal digits.
--
-- What happens to a project:
--   no Datadog integration           the integration is skipped
--   on another site than `from`      likewise, with that site
--   on `to` already                  likewise; so a second plan after apply has nothing left
--   on `from`                        region and key change in one request, then both are verified
--
-- Alert configurations that notify Datadog keep copies of key and region of their own, wherever the
-- integration is, and also where there is none any more. What happens to those of the site that is
-- left says `--param alerts=`, which can be given later too:
--   ignore   they are not looked at; the plan says so (unless set)
--   report   the plan's log names them, and nothing is changed
--   move     they get key and region of the new site too
--
-- What it cannot do: move what lies in Datadog itself, such as dashboards and monitors.

local sites = { "US", "EU", "US3", "US5", "AP1", "US1_FED" }

--- Whether a notification goes to the site that is left.
local function isLeft(notification, params)
  return notification.typeName == "DATADOG" and (notification.datadogRegion or "US") == params.from
end

--- The alert configurations that notify the site that is left.
local function leftAlerts(project, params)
  local left = {}
  if params.alerts == "ignore" then return left end
  for _, alert in ipairs(project.alerts:using("DATADOG")) do
    for _, notification in ipairs(alert.notifications) do
      if isLeft(notification, params) then
        left[#left + 1] = alert
        break
      end
    end
  end
  return left
end

--- Sends an alert configuration's notifications to the new site.
local function moveAlert(project, alert, params)
  local notifications = json.array{}
  for index, notification in ipairs(alert.notifications) do
    local copy = {}
    for field, value in pairs(notification) do copy[field] = value end
    if isLeft(notification, params) then
      copy.datadogRegion, copy.datadogApiKey = params.to, params.apiKey
    end
    notifications[index] = copy
  end
  project.alerts:update(alert.id, { notifications = notifications })
end

--- Why an integration stays as it is; nil if it is moved.
local function reasonToStay(datadog, params)
  if not datadog then return "no Datadog integration" end
  -- Atlas takes a missing region for US.
  local region = datadog.region or "US"
  if region == params.from then return nil end
  if region ~= params.to then return "in " .. region .. ", not in " .. params.from end
  if datadog.apiKey:matches(params.apiKey) then return "in " .. region .. " already" end
  return "in " .. region .. " already, with another key"
end

--- What a reason to skip says of alert configurations besides, in words that group projects.
local function remark(left, params)
  if params.alerts == "ignore" then return "; alerts ignored" end
  return #left > 0 and "; alerts notify " .. params.from or ""
end

---@type godwit.Migration
return {
  name = "datadog-region-move",
  summary = "Move Datadog integrations from one Datadog site to another",

  may = { update = { "DATADOG" }, alerts = { "update" } },

  params = {
    from = { type = "string", default = "US", choices = sites, help = "Site to leave" },
    to = { type = "string", default = "EU", choices = sites, help = "Site to join" },
    apiKey = { type = "secret", help = "API key of the new site" },
    alerts = {
      type = "string", default = "ignore", choices = { "ignore", "report", "move" },
      help = "What to do about alert configurations that notify Datadog",
    },
  },

  migrate = function(project, params)
    if params.from == params.to then
      error("from and to are the same site: " .. params.to)
    end
    local reason = reasonToStay(project.integrations:get("DATADOG"), params)
    if not reason then
      project.integrations:update("DATADOG", { region = params.to, apiKey = params.apiKey })
    end

    local left = leftAlerts(project, params)
    if params.alerts == "move" and #left > 0 then
      for _, alert in ipairs(left) do moveAlert(project, alert, params) end
      return
    end
    for _, alert in ipairs(left) do
      log.warn("alert configuration %s notifies %s (%s)", alert.eventTypeName, params.from, alert.id)
    end
    if reason then return skip(reason .. remark(left, params)) end
  end,

  verify = function(project, params)
    local datadog = project.integrations:get("DATADOG")
    if params.alerts == "move" then
      assert(#leftAlerts(project, params) == 0, "an alert still notifies " .. params.from)
      -- Where only alerts were moved, the integration stays as it is: gone, on a third site, or with
      -- another key of the new one.
      if not datadog then return end
      assert((datadog.region or "US") ~= params.from, "the region is still " .. params.from)
      return
    end
    assert(datadog, "the Datadog integration is gone")
    assert(datadog.region == params.to, "the region is " .. tostring(datadog.region))
    assert(datadog.apiKey:matches(params.apiKey), "the key is another one")
  end,
}
