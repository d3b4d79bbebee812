-- Takes Slack integrations from legacy tokens to OAuth2, with people's help.
--
-- Atlas no longer accepts a legacy Slack token, and only a person can give Slack's OAuth2 consent,
-- in the user interface. So this script is planned again and again until nothing is left:
--
--   1. godwit plan scripts/slack-legacy-to-oauth.lua --param channel=#mongodb-alerts
--      Legacy integrations become tasks, each with the address of its project's page.
--   2. godwit manual RUN -o csv > tasks.csv
--      Hand them out. Whoever does one opens the page and connects Slack there.
--   3. Plan again: projects whose consent was given go on. Where the channel is another one than
--      the wanted one it is changed; apply that.
--
-- What happens to a project:
--   no Slack integration           skipped
--   legacy: no team is shown       a task for a person
--   OAuth2, in the wanted channel  skipped; so a plan has nothing left at the end
--   OAuth2, in another channel     the channel is changed, which the API allows
--
-- What it needs: a role that may change integrations (Project Owner). The channel comes from
-- `--param channel=...`, or per project from a column `channel` of the targets file; without one,
-- channels stay as they are.
--
-- What it cannot do: tell legacy from OAuth2 for certain. Atlas has no flag for it; an integration
-- without a team was made with a legacy token.

---@type godwit.Migration
return {
  name = "slack-legacy-to-oauth",
  summary = "Take Slack integrations from legacy tokens to OAuth2",

  may = { update = { "SLACK" } },

  params = {
    channel = { type = "string", optional = true, help = "Channel to post to, such as #alerts" },
  },

  migrate = function(project, params)
    local slack = project.integrations:get("SLACK")
    if not slack then return skip("no Slack integration") end

    local team = slack.teamName
    if not team or team == "" then
      local wanted = params.channel or slack.channelName
      manual{
        type = "SLACK",
        title = "Connect Slack through OAuth2",
        detail = "Open the project's integrations, configure Slack anew, and choose "
          .. (wanted and "the channel " .. wanted or "a channel") .. ".",
      }
      return
    end

    if not params.channel or slack.channelName == params.channel then
      return skip("connected through OAuth2 already")
    end
    project.integrations:update("SLACK", { channelName = params.channel })
  end,

  verify = function(project, params)
    local slack = project.integrations:get("SLACK")
    assert(slack, "the Slack integration is gone")
    assert(slack.channelName == params.channel, "the channel is " .. tostring(slack.channelName))
  end,
}
