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
-- What it needs: a role that may change integrations (Project Owner), the new key, and the last
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

local keys = {
  DATADOG = "apiKey",
  MICROSOFT_TEAMS = "microsoftTeamsWebhookUrl",
  OPS_GENIE = "apiKey",
  PAGER_DUTY = "serviceKey",
  PROMETHEUS = "password",
  VICTOR_OPS = "apiKey",
}

local types = {}
for type in pairs(keys) do types[#types + 1] = type end

---@type godwit.Migration
return {
  name = "rotate-key",
  summary = "Rotate the key of one integration type",

  may = { update = types },

  params = {
    type = { type = "string", choices = types, help = "Integration type" },
    tail = { type = "string", optional = true, help = "Last four characters of the old key" },
    key = { type = "secret", help = "New key" },
  },

  migrate = function(project, params)
    local field = keys[params.type]
    if params.tail and params.type == "PROMETHEUS" then
      error("Atlas shows no tail of a PROMETHEUS password: leave tail out")
    end
    local integration = project.integrations:get(params.type)
    if not integration then return skip("no " .. params.type .. " integration") end

    local old = integration[field]
    if old ~= nil then
      if old:matches(params.key) then return skip("has the new key already") end
      if params.tail and old.tail ~= params.tail then
        return skip("uses another key than the one that ends in " .. params.tail)
      end
    end
    project.integrations:update(params.type, { [field] = params.key })
  end,

  verify = function(project, params)
    local integration = project.integrations:get(params.type)
    assert(integration, "the " .. params.type .. " integration is gone")
    local key = integration[keys[params.type]]
    assert(key == nil or key:matches(params.key) ~= false, "the key is another one")
  end,
}
