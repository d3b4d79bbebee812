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
--   no Datadog integration           skipped
--   on another site than `from`      skipped, with that site
--   on `to` already, with this key   skipped; so a second plan after apply has nothing left
--   on `from`                        region and key change in one request, then both are verified
--
-- What it cannot do: alert configurations that notify Datadog keep copies of key and region of
-- their own. They are not changed; the plan says so.

local sites = { "US", "EU", "US3", "US5", "AP1", "US1_FED" }

---@type godwit.Migration
return {
  name = "datadog-region-move",
  summary = "Move Datadog integrations from one Datadog site to another",

  may = { update = { "DATADOG" } },

  params = {
    from = { type = "string", default = "US", choices = sites, help = "Site to leave" },
    to = { type = "string", default = "EU", choices = sites, help = "Site to join" },
    apiKey = { type = "secret", help = "API key of the new site" },
  },

  migrate = function(project, params)
    if params.from == params.to then
      error("from and to are the same site: " .. params.to)
    end
    local datadog = project.integrations:get("DATADOG")
    if not datadog then return skip("no Datadog integration") end

    -- Atlas takes a missing region for US.
    local region = datadog.region or "US"
    if region == params.to then
      if datadog.apiKey:matches(params.apiKey) then
        return skip("in " .. region .. " already")
      end
      return skip("in " .. region .. " already, with another key")
    end
    if region ~= params.from then
      return skip("in " .. region .. ", not in " .. params.from)
    end
    project.integrations:update("DATADOG", { region = params.to, apiKey = params.apiKey })
  end,

  verify = function(project, params)
    local datadog = project.integrations:get("DATADOG")
    assert(datadog, "the Datadog integration is gone")
    assert(datadog.region == params.to, "the region is " .. tostring(datadog.region))
    assert(datadog.apiKey:matches(params.apiKey), "the key is another one")
  end,
}
