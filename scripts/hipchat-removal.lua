-- Removes HipChat integrations, which have had no service behind them since 2019.
--
--   godwit plan scripts/hipchat-removal.lua
--   godwit apply RUN --accept-irreversible
--
-- What happens to a project:
--   no HipChat integration   skipped
--   otherwise                the integration is deleted
--
-- What it needs: a role that may change integrations (Project Owner), and --accept-irreversible
-- with apply: Atlas accepts no HipChat integration any more, so there is no way back.
--
-- What it cannot do: change alert configurations that still notify HipChat. The plan lists them;
-- a project of which one would reach nobody any more is held.

---@type godwit.Migration
return {
  name = "hipchat-removal",
  summary = "Remove HipChat integrations",

  may = { delete = { "HIP_CHAT" } },

  migrate = function(project)
    if not project.integrations:delete("HIP_CHAT") then
      return skip("no HipChat integration")
    end
  end,

  verify = function(project)
    assert(not project.integrations:get("HIP_CHAT"), "the HipChat integration is still there")
  end,
}
