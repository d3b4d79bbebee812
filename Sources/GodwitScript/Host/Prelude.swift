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
    local request, post, raise, position = host.request, host.post, host.raise, host.position
    local type, tostring, select, pairs, next = type, tostring, select, pairs, next
    local setmetatable, format, rawget = setmetatable, string.format, rawget
    local concat, pack = table.concat, table.pack

    -- What the script is doing: "load", "select", "migrate" or "verify".
    local stage = "load"
    local stages = { load = "at the top level of a script", select = "in select" }

    local function reaching(what)
      local place = stages[stage]
      if place then raise(what .. " cannot be called " .. place) end
    end

    local function readonly(name, members)
      return setmetatable({}, {
        __index = members,
        __newindex = function(_, key)
          raise(name .. " is read-only: " .. tostring(key) .. " cannot be set")
        end,
        __pairs = function() return pairs(members) end,
        __len = function() return #members end,
        __name = name,
      })
    end

    -- Verdicts: skip and hold say what they say only when they are returned.
    local verdict
    local function verdicts(kind)
      return function(reason)
        reaching(kind)
        if stage == "verify" then raise(kind .. " cannot be called in verify") end
        if type(reason) ~= "string" then
          raise(kind .. " takes a reason: return " .. kind .. "(\"...\")")
        end
        local file, line = position()
        verdict = { kind = kind, reason = reason, file = file, line = line }
        return verdict
      end
    end
    skip, hold = verdicts("skip"), verdicts("hold")

    function manual(task)
      reaching("manual")
      if stage == "verify" then raise("manual cannot be called in verify") end
      if type(task) ~= "table" or type(rawget(task, "title")) ~= "string" then
        raise("manual takes a table with a title: manual{ title = \"...\" }")
      end
      post("manual", task)
    end

    local function line(...)
      local count = select("#", ...)
      if count == 1 then return tostring((...)) end
      return format(...)
    end
    local levels = {}
    for _, level in pairs{ "debug", "info", "warn", "error" } do
      levels[level] = function(...) post("log", level, line(...)) end
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
      encode = function(value) return request("json.encode", value) end,
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
      if loading[name] then raise("module \"" .. name .. "\" requires itself") end
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

    local function made(data, vars)
      local integrations
      local function verb(name)
        return function(self, kind, fields)
          local call = "project.integrations:" .. name
          if self ~= integrations then raise("write " .. call .. " with a colon") end
          reaching(call)
          return request("integrations." .. name, kind, fields)
        end
      end
      integrations = readonly("project.integrations", {
        list = verb("list"), get = verb("get"), create = verb("create"),
        update = verb("update"), set = verb("set"), delete = verb("delete"),
      })
      data.tags = readonly("project.tags", data.tags)
      data.vars = readonly("project.vars", data.vars)
      data.integrations = integrations
      return readonly("project", data)
    end

    local function load(chunk)
      stage = "load"
      return chunk()
    end

    local function judged(result)
      if result == nil then
        if verdict == nil then return "done" end
        return "dropped", verdict.kind, verdict.file, verdict.line
      end
      if result == verdict then
        return verdict.kind, verdict.reason, verdict.file, verdict.line
      end
      return "unknown", type(result)
    end

    return {
      describe = load,

      migrate = function(chunk, data, params)
        local migration = load(chunk)
        local project = made(data)
        if migration.select ~= nil then
          stage = "select"
          if not migration.select(project) then return "refused" end
        end
        stage = "migrate"
        return judged(migration.migrate(project, params))
      end,

      verify = function(chunk, data, params)
        local migration = load(chunk)
        local project = made(data)
        stage = "verify"
        if migration.verify(project, params) == false then return "refused" end
        return "done"
      end,
    }
    """#
}
