internal import LuaVM

/// The Lua side of what a script sees: thin functions that turn calls into requests of the host.
enum Prelude {
  /// The prelude, compiled once for the life of the process.
  static let program: Result<LuaProgram, LuaError> = {
    do throws(LuaError) {
      return .success(try LuaProgram.compile(prelude: source, name: "[godwit]"))
    } catch {
      return .failure(error)
    }
  }()

  private static let source = #"""
    local host = ...
    local post, raise, position = host.post, host.raise, host.position
    local request = host.request
    local type, tostring, select, pairs, ipairs = type, tostring, select, pairs, ipairs
    local rawnext = next
    local setmetatable, format, rawget, rawequal = setmetatable, string.format, rawget, rawequal
    local getmetatable, concat, pack = getmetatable, table.concat, table.pack

    -- What the script is doing: "load", "select", "migrate", "verify" or "run".
    local stage = "load"
    local stages = { load = "at the top level of a script", select = "in select" }

    local function reaching(what)
      local place = stages[stage]
      if place then raise(what .. " cannot be called " .. place) end
    end

    -- What stands behind a table that cannot be written: all of it, and what of it is data.
    local inside, data = {}, {}

    local function readonly(name, members, plain)
      local proxy = setmetatable({}, {
        __index = members,
        __newindex = function(_, key)
          raise(name .. " is read-only: " .. tostring(key) .. " cannot be set")
        end,
        __pairs = function(self)
          local following, table = pairs(members)
          return function(_, key) return following(table, key) end, self, nil
        end,
        __len = function() return #members end,
        __name = name,
        __metatable = false,
      })
      inside[proxy], data[proxy] = members, plain
      return proxy
    end

    -- The library's next would see the empty table in front.
    function next(table, key)
      return rawnext(inside[table] or table, key)
    end

    -- A value with what stands behind read-only tables in their place, for what reads it raw.
    local function open(value, depth)
      if type(value) ~= "table" or depth > 32 then return value end
      if data[value] then return open(data[value], depth) end
      -- What has an order of its own is read raw all the same, and holds none of these.
      local meta = getmetatable(value)
      if type(meta) == "table" and rawget(meta, "__pairs") then return value end
      local copy
      for key, item in pairs(value) do
        local opened = open(item, depth + 1)
        if not rawequal(opened, item) then
          if not copy then
            copy = {}
            for other, old in pairs(value) do copy[other] = old end
          end
          copy[key] = opened
        end
      end
      return copy or value
    end

    -- Verdicts: skip and hold say what they say only when they are returned, and the first that is
    -- not is told of.
    local made = {}
    local function verdicts(kind)
      return function(reason)
        reaching(kind)
        if stage == "run" then raise(kind .. " belongs to a migration") end
        if stage == "verify" then raise(kind .. " cannot be called in verify") end
        if type(reason) ~= "string" then
          raise(kind .. " takes a reason: return " .. kind .. "(\"...\")")
        end
        local file, line = position()
        local verdict = { kind = kind, reason = reason, file = file, line = line }
        made[#made + 1] = verdict
        return verdict
      end
    end
    skip, hold = verdicts("skip"), verdicts("hold")

    -- Not posted like a log line, since of those some may be dropped.
    local tasks = {}

    function manual(task)
      reaching("manual")
      if stage == "run" then raise("manual belongs to a migration") end
      if stage == "verify" then raise("manual cannot be called in verify") end
      if type(task) ~= "table" or rawget(task, "title") == nil then
        raise("manual takes a table with a title: manual{ title = \"...\" }")
      end
      for key, value in rawnext, task do
        if key ~= "title" and key ~= "url" and key ~= "detail" and key ~= "type" then
          raise("manual takes title, url, detail and type, not " .. tostring(key))
        end
        if type(value) ~= "string" then
          raise("manual takes text for " .. key .. ", not a " .. type(value))
        end
      end
      tasks[#tasks + 1] = { title = task.title, url = task.url, detail = task.detail, type = task.type }
    end

    -- In an automation what was posted is fetched after each mebibyte, where it can be waited for.
    local posted = 0
    local function relieve(size)
      if stage ~= "run" then return end
      posted = posted + size
      if posted >= 1048576 and host.canwait() then
        posted = 0
        request("flush")
      end
    end

    local levels = {}
    for _, level in pairs{ "debug", "info", "warn", "error" } do
      levels[level] = function(...)
        local count = select("#", ...)
        if count == 0 then raise("log." .. level .. " takes a format and arguments") end
        local text = count == 1 and tostring((...)) or format(...)
        post("log", level, text)
        relieve(#text)
      end
    end
    log = readonly("log", levels)

    function print(...)
      local values = pack(...)
      for index = 1, values.n do values[index] = tostring(values[index]) end
      post("log", "info", concat(values, "\t", 1, values.n))
    end

    function sleep(seconds)
      reaching("sleep")
      if type(seconds) ~= "number" or not (seconds >= 0) then
        raise("sleep takes a number of seconds")
      end
      request("sleep", seconds)
    end

    json = readonly("json", {
      null = host.null,
      encode = function(value) return request("json.encode", open(value, 0)) end,
      decode = function(text) return request("json.decode", text) end,
      array = function(elements)
        if elements == nil then elements = {} end
        if type(elements) ~= "table" then raise("json.array takes a table") end
        return host.markarray(elements)
      end,
    })

    local loaded, loading = {}, {}
    function require(name)
      if type(name) ~= "string" then raise("require takes the name of a module") end
      if loaded[name] ~= nil then return loaded[name] end
      if loading[name] then
        raise("module \"" .. name .. "\" requires itself, or failed when it was required before")
      end
      loading[name] = true
      local chunk = request("require", name)
      local result = chunk(name)
      if result == nil then result = true end
      loading[name], loaded[name] = nil, result
      return result
    end

    host.methods("masked", {
      matches = function(self, secret) return request("masked.matches", self, secret) end,
    })

    -- A table of a project's calls, each of which becomes a request of the host.
    local function calls(part, names, id)
      local table
      local members = {}
      for _, name in ipairs(names) do
        local call = "project." .. part .. ":" .. name
        members[name] = function(self, first, second)
          if self ~= table then raise("write " .. call .. " with a colon") end
          reaching(call)
          return request(id .. part .. "." .. name, first, second)
        end
      end
      table = readonly("project." .. part, members)
      return table
    end

    -- The two calls by path; those of an owner are called on it, with a colon.
    local function paths(part, mark, owner, id)
      local function call(name)
        local words = part .. mark .. name
        local function ask(first, second)
          reaching(words)
          return request((id or "") .. part .. "." .. name, first, second)
        end
        if not owner then return ask end
        return function(self, first, second)
          if self ~= owner() then raise("write " .. words .. " with a colon") end
          return ask(first, second)
        end
      end
      return call("get"), call("request")
    end

    local get, send = paths("atlas", ".")
    local function elsewhere(name)
      return function() raise("atlas." .. name .. " is for automations: godwit run") end
    end
    atlas = readonly("atlas", {
      get = get, request = send, projects = elsewhere("projects"),
      project = elsewhere("project"), orgs = elsewhere("orgs"), each = elsewhere("each"),
    })

    host.methods("pending", {
      __index = function(value, key)
        raise(
          tostring(value) .. " is pending: Atlas gives it when the plan is applied, so that "
            .. tostring(key) .. " cannot be read now"
        )
      end,
    })

    -- A project as a script sees it; where there are many, requests say by id which one is meant.
    local function describe(fields, id)
      id = id or ""
      local project
      local members = {
        integrations = calls("integrations", {
          "list", "get", "create", "update", "set", "delete",
        }, id),
        alerts = calls("alerts", {
          "list", "get", "create", "update", "delete", "enable", "disable", "using",
        }, id),
      }
      for key, value in rawnext, fields do members[key] = value end
      members.tags = readonly("project.tags", fields.tags, fields.tags)
      members.vars = readonly("project.vars", fields.vars, fields.vars)
      members.get, members.request = paths("project", ":", function() return project end, id)
      project = readonly("project", members, fields)
      return project
    end

    """# + automation + #"""
      local function load(chunk)
        stage = "load"
        return chunk()
      end

      local function judged(result, ...)
        for _, verdict in ipairs(made) do
          if not rawequal(result, verdict) then
            return tasks, "dropped", verdict.kind, verdict.file, verdict.line
          end
        end
        for index = 1, select("#", ...) do
          local other = select(index, ...)
          if other ~= nil then return tasks, "unknown", type(other) end
        end
        if result == nil then return tasks, "done" end
        local verdict = made[1]
        if verdict then
          return tasks, verdict.kind, verdict.reason, verdict.file, verdict.line
        end
        return tasks, "unknown", type(result)
      end

      return {
        describe = load,

        automate = function(chunk, parameters)
          stage, request = "run", ask
          params = readonly("params", parameters, parameters)
          atlas = readonly("atlas", {
            get = get, request = send, projects = projects, orgs = orgs, each = each,
            project = function(name) return one(ask("atlas.project", name)) end,
          })
          function print(...)
            local values = pack(...)
            for index = 1, values.n do values[index] = tostring(values[index]) end
            local text = concat(values, "\t", 1, values.n)
            post("print", text)
            relieve(#text)
          end
          local result = chunk()
          if type(result) == "table" and rawget(result, "migrate") then
            return "migration"
          end
          return "done"
        end,

        select = function(chunk, fields)
          local migration = load(chunk)
          stage = "select"
          return migration.select(describe(fields)) and "taken" or "refused"
        end,

        migrate = function(chunk, fields, params)
          local migration = load(chunk)
          local project = describe(fields)
          if migration.select ~= nil then
            stage = "select"
            if not migration.select(project) then return "refused" end
          end
          stage = "migrate"
          return judged(migration.migrate(project, params))
        end,

        verify = function(chunk, fields, params)
          local migration = load(chunk)
          local project = describe(fields)
          stage = "verify"
          if migration.verify(project, params) == false then return "refused" end
          return "done"
        end,
      }
      """#
}
