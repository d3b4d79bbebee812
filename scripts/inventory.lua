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

--- A cell of CSV, quoted where it has to be.
local function cell(value)
  local text = value == nil and "" or tostring(value)
  if text:find('[,"\r\n]') then text = '"' .. text:gsub('"', '""') .. '"' end
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
