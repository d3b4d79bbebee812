-- Moves projects from Opsgenie to PagerDuty: the integration, and who alerts notify.
--
--   godwit plan scripts/opsgenie-to-pagerduty.lua --has OPS_GENIE \
--     --secret serviceKey=env:PAGERDUTY_SERVICE_KEY
--   godwit apply RUN --accept-irreversible
--
-- What happens to a project:
--   no Opsgenie, and no alert configuration that notifies it   skipped
--   no PagerDuty integration                                   it is created with the service key
--   alert configurations that notify Opsgenie                  notify PagerDuty in its place
--   then                                                       the Opsgenie integration is deleted
--
-- What it needs: a role that may change integrations and alert configurations (Project Owner) and
-- the key of a PagerDuty service, 32 characters. Deleting Opsgenie takes its key with it: either
-- --accept-irreversible with apply, or `--escrow OPS_GENIE.apiKey=REF` with plan.
--
-- A key that differs from project to project comes from a CSV whose first column is the project:
--   --secret serviceKey=csv:services.csv#key
--
-- What it cannot do: move schedules, escalation policies or open alerts; they live in Opsgenie and
-- PagerDuty. A PagerDuty integration that is there already keeps its key.

---@type godwit.Migration
return {
  name = "opsgenie-to-pagerduty",
  summary = "Move projects from Opsgenie to PagerDuty",

  may = { create = { "PAGER_DUTY" }, delete = { "OPS_GENIE" }, alerts = { "update" } },

  params = {
    serviceKey = { type = "secret", help = "Key of the PagerDuty service" },
    region = {
      type = "string", default = "US", choices = { "US", "EU" }, help = "PagerDuty's service region",
    },
  },

  migrate = function(project, params)
    local configurations = project.alerts:using("OPS_GENIE")
    local opsgenie = project.integrations:get("OPS_GENIE")
    if not opsgenie and #configurations == 0 then return skip("no Opsgenie") end

    if not project.integrations:get("PAGER_DUTY") then
      project.integrations:create("PAGER_DUTY", {
        serviceKey = params.serviceKey, region = params.region,
      })
    end
    for _, alert in ipairs(configurations) do
      local notifications = json.array{}
      local notifies = false
      for _, notification in ipairs(alert.notifications) do
        if notification.typeName == "OPS_GENIE" then
          -- Atlas refuses another type in place, so this is a new one; two become one.
          if not notifies then
            notifications[#notifications + 1] = {
              typeName = "PAGER_DUTY", delayMin = notification.delayMin,
            }
          end
          notifies = true
        else
          notifies = notifies or notification.typeName == "PAGER_DUTY"
          notifications[#notifications + 1] = notification
        end
      end
      project.alerts:update(alert.id, { notifications = notifications })
    end
    project.integrations:delete("OPS_GENIE")
  end,

  verify = function(project)
    assert(project.integrations:get("PAGER_DUTY"), "there is no PagerDuty integration")
    assert(not project.integrations:get("OPS_GENIE"), "the Opsgenie integration is still there")
    assert(#project.alerts:using("OPS_GENIE") == 0, "an alert configuration still notifies Opsgenie")
  end,
}
