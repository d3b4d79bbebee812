-- Prints every integration of every project that the credentials can see, as CSV.
--
--   godwit run scripts/inventory.lua > integrations.csv
--   godwit run scripts/inventory.lua --param name='prod-*' --param type=DATADOG
--
-- One line an integration: project, its id, organization, type, region, and the last characters of
-- its key as Atlas shows them. Nothing is written. `godwit inventory` has one line a project, and
-- filters; this is the place to begin where you want other columns.
--
-- What it needs: a role that may read the projects (Project Read Only).

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

local function line(...)
  local cells = table.pack(...)
  for index = 1, cells.n do cells[index] = cell(cells[index]) end
  print(table.concat(cells, ",", 1, cells.n))
end

-- The field of each type by which people know an integration again.
local keys = {
  DATADOG = "apiKey", HIP_CHAT = "notificationToken", MICROSOFT_TEAMS = "microsoftTeamsWebhookUrl",
  NEW_RELIC = "licenseKey", OPS_GENIE = "apiKey", PAGER_DUTY = "serviceKey", SLACK = "apiToken",
  VICTOR_OPS = "apiKey", WEBHOOK = "url",
}

line("project", "id", "orgId", "type", "region", "key")
for project in atlas.projects{ name = params.name } do
  for _, integration in ipairs(project.integrations:list()) do
    local field = keys[integration.type]
    if not params.type or integration.type == params.type then
      line(
        project.name, project.id, project.orgId, integration.type, integration.region,
        field and integration[field]
      )
    end
  end
end
