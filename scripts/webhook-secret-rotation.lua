-- Gives webhook integrations a new signing secret, and where wanted a new address.
--
--   godwit plan scripts/webhook-secret-rotation.lua \
--     --secret url=env:HOOK_URL --secret secret=env:HOOK_SECRET
--
-- What happens to a project:
--   no webhook integration                skipped
--   address of another host than `host`   skipped, with that host (only where `host` is given)
--   secret and address as wanted          skipped; so a second plan after apply has nothing left
--   otherwise                             both are sent in one request, then verified by tail
--
-- What it needs: a role that may change integrations (Project Owner), the new secret, and the
-- address. Atlas shows an address by its host and the last characters only, and replaces the whole
-- integration, so the address has to be given even where it stays.
--
-- Addresses that differ from project to project come from a CSV whose first column is the project:
--   --secret url=csv:hooks.csv#url
--
-- What it cannot do: keep templates of body and headers. They are not shown, so the plan fails for
-- a project that has them, with what to do: give them as secrets, or clear them with
-- `--param clearTemplates=true`.

---@type godwit.Migration
return {
  name = "webhook-secret-rotation",
  summary = "Give webhook integrations a new secret",

  may = { update = { "WEBHOOK" } },

  params = {
    url = { type = "secret", help = "Address of the webhook" },
    secret = { type = "secret", help = "New signing secret" },
    host = { type = "string", optional = true, help = "Only webhooks of this host" },
    clearTemplates = {
      type = "boolean", default = false, help = "Take templates of body and headers away",
    },
  },

  migrate = function(project, params)
    local webhook = project.integrations:get("WEBHOOK")
    if not webhook then return skip("no webhook integration") end

    local host = tostring(webhook.url):match("^%a+://([^/]+)/")
    if params.host and host ~= params.host then
      return skip("the webhook is at " .. (host or "an address that is not shown"))
    end
    local isSet = webhook.secret ~= nil and webhook.secret:matches(params.secret)
    if isSet and webhook.url:matches(params.url) then
      return skip("has this secret already")
    end

    local changes = { url = params.url, secret = params.secret }
    if params.clearTemplates then
      for _, field in ipairs{ "bodyTemplate", "headersTemplate" } do
        if webhook[field] ~= nil then changes[field] = json.null end
      end
    end
    project.integrations:update("WEBHOOK", changes)
  end,

  verify = function(project, params)
    local webhook = project.integrations:get("WEBHOOK")
    assert(webhook, "the webhook integration is gone")
    assert(webhook.secret and webhook.secret:matches(params.secret), "the secret is another one")
    assert(webhook.url:matches(params.url) ~= false, "the address is another one")
  end,
}
