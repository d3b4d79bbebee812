import Foundation

/// The scripts that the tests plan, and what they are given.
enum Scripts {
  /// A Datadog key that is nowhere else.
  static let datadogKey = "c0ffee5ec2e7d00dfeedfacecafe77e0"

  /// The migration that ships.
  ///
  /// - Returns: its source.
  /// - Throws: an error if it is not where it is kept.
  static func move() throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../scripts/datadog-region-move.lua").standardized
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// Moves Datadog and then demands that a webhook is there, which a person may add or remove.
  static let moveWithStrictVerify = """
    return {
      name = "strict",
      may = { update = { "DATADOG" } },
      params = { apiKey = { type = "secret" } },
      migrate = function(project, params)
        local datadog = project.integrations:get("DATADOG")
        if not datadog then return skip("no Datadog") end
        if datadog.region ~= "US" then return skip("elsewhere") end
        project.integrations:update("DATADOG", { region = "EU", apiKey = params.apiKey })
      end,
      verify = function(project)
        assert(project.integrations:get("WEBHOOK"), "the webhook is missing")
      end,
    }
    """

  /// Deletes every Datadog integration, and with it a key.
  static let delete = """
    return {
      name = "delete-datadog",
      may = { delete = { "DATADOG" } },
      migrate = function(project)
        if not project.integrations:delete("DATADOG") then return skip("none") end
      end,
    }
    """

  /// Gives every Opsgenie integration one key.
  static let setOpsGenie = """
    return {
      name = "set-opsgenie",
      may = { update = { "OPS_GENIE" } },
      params = { key = { type = "secret" } },
      migrate = function(project, params)
        if not project.integrations:get("OPS_GENIE") then return skip("none") end
        project.integrations:update("OPS_GENIE", { apiKey = params.key })
      end,
    }
    """

  /// A script without its `verify`.
  static func withoutVerify(_ script: String) -> String {
    guard let start = script.range(of: "\n  verify = function") else { return script }
    return script[..<start.lowerBound] + "\n}\n"
  }

  /// Sends projects to every bucket that planning has, by a digit of their ids.
  static let everyOutcome = """
    return {
      name = "every-outcome",
      may = { delete = { "DATADOG" } },
      migrate = function(project)
        local digit = tonumber(project.id:sub(-1), 16) % 8
        if digit == 0 then return skip("passed over") end
        if digit == 1 then
          project.integrations:delete("DATADOG")
          return hold("a person decides")
        end
        if digit == 2 then return manual{ title = "do it by hand", url = "https://example.com" } end
        if digit == 3 then error("no luck") end
        if digit == 4 then return end
        if not project.integrations:delete("DATADOG") then return skip("none") end
      end,
    }
    """

  /// Says all that it can get hold of, in every way it can.
  static let chatty = """
    return {
      name = "chatty",
      params = { key = { type = "secret" } },
      migrate = function(project, params)
        print(params.key, tostring(params.key))
        log.warn("%s", tostring(params.key))
        for _, integration in ipairs(project.integrations:list()) do
          for name, value in pairs(integration) do
            print(name, value)
            log.info("%s = %s", name, tostring(value))
          end
        end
        manual{ title = "look at " .. tostring(params.key), detail = tostring(params.key) }
        local digit = tonumber(project.id:sub(-1), 16) % 3
        if digit == 0 then error("failed with " .. tostring(params.key)) end
        if digit == 1 then return hold("held with " .. tostring(params.key)) end
      end,
    }
    """

  /// A migration around one `migrate` body.
  static func migration(may: String = "{}", params: String = "{}", _ body: String) -> String {
    """
    return {
      name = "sample",
      may = \(may),
      params = \(params),
      migrate = function(project, params)
        \(body)
      end,
    }
    """
  }
}
