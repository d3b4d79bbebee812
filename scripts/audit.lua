-- Looks for what is wrong with integrations, and prints what it finds as CSV.
--
--   godwit run scripts/audit.lua > findings.csv
--
-- One line a finding: project, its id, what was found, and more about it. Nothing is written.
--   legacy Slack          connected with a typed token, which Atlas no longer accepts
--   dead service          HipChat or Flowdock, which have ended
--   alert without route   an alert configuration notifies through an integration that is not there
--   disabled              a Prometheus integration that is switched off
--   shared key            a key that is used by projects of more than one organization (by its tail)
--   not looked at         Flowdock, where the credentials are a service account
--
-- What it needs: a role that may read the projects (Project Read Only). Flowdock is looked for with
-- an API key only: the older API that knows it takes no service accounts, and a line says so.

--- A cell of CSV: on one line, quoted where it has to be, and with an apostrophe in front of what a
--- spreadsheet would take for a formula.
local function cell(value)
  local text = value == nil and "" or tostring(value)
  local first = text:match("^%s*(.*)"):sub(1, 3)
  if first:find("^[=+@-]") or first:find("^\u{FF1D}") or first:find("^\u{FF0B}")
    or first:find("^\u{FF0D}") or first:find("^\u{FF20}") or text:find("^[\t\r]")
  then
    text = "'" .. text
  end
  text = text:gsub("%c", function(byte)
    local short = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
    return short[byte] or string.format("\\u%04x", byte:byte())
  end)
  if text:find("[,;'\"]") or text:find("^ ") or text:find(" $") then
    text = '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

local findings = {}
local function found(project, what, more)
  findings[#findings + 1] = table.concat(
    { cell(project.name), cell(project.id), cell(what), cell(more) }, ","
  )
end

local uses = {}
local isFlowdockVisible = true

--- The project's Flowdock integration; false where only an API key could read it.
local function readFlowdock(project)
  local isRead, flowdock = pcall(project.integrations.get, project.integrations, "FLOWDOCK")
  if isRead then return flowdock end
  if flowdock.status or not tostring(flowdock):find("takes API keys only", 1, true) then
    error(flowdock, 0)
  end
  isFlowdockVisible = false
  return false
end

--- Everything about one project.
local function audit(project)
  local has = {}
  for _, integration in ipairs(project.integrations:list()) do
    local kind = integration.type
    has[kind] = true
    if kind == "SLACK" and not integration.teamName then
      found(project, "legacy Slack", integration.channelName)
    elseif kind == "HIP_CHAT" then
      found(project, "dead service", kind)
    elseif kind == "PROMETHEUS" and not integration.enabled then
      found(project, "disabled", kind)
    elseif kind == "DATADOG" and integration.apiKey then
      local tail = integration.apiKey.tail
      uses[tail] = uses[tail] or {}
      table.insert(uses[tail], project)
    end
  end
  local flowdock = readFlowdock(project)
  if flowdock then
    has.FLOWDOCK = true
    found(project, "dead service", "FLOWDOCK")
  end
  local routes = {
    "DATADOG", "FLOWDOCK", "HIP_CHAT", "MICROSOFT_TEAMS", "OPS_GENIE", "PAGER_DUTY", "SLACK",
    "VICTOR_OPS", "WEBHOOK",
  }
  for _, route in ipairs(routes) do
    if not has[route] and (route ~= "FLOWDOCK" or flowdock ~= false) then
      for _, alert in ipairs(project.alerts:using(route)) do
        found(project, "alert without route", alert.eventTypeName .. " through " .. route)
      end
    end
  end
end

local failed = 0
for _, result in ipairs(atlas.each(atlas.projects{ name = params.name }, audit, { parallel = 16 })) do
  if not result.ok then
    failed = failed + 1
    found(result.project, "could not be read", tostring(result.error))
  end
end
if not isFlowdockVisible then
  found({}, "not looked at", "FLOWDOCK: not visible to a service account")
end
for tail, projects in pairs(uses) do
  local organizations = {}
  for _, project in ipairs(projects) do organizations[project.orgId] = true end
  local count = 0
  for _ in pairs(organizations) do count = count + 1 end
  if count > 1 then
    for _, project in ipairs(projects) do
      found(project, "shared key", "DATADOG ****" .. tail .. " in " .. #projects .. " projects")
    end
  end
end

print("project,id,finding,more")
table.sort(findings)
for _, finding in ipairs(findings) do print(finding) end
log.info("%d findings", #findings - failed)
