extension Prelude {
  /// The part of the prelude that automations add: lists of projects, and `atlas.each`.
  ///
  /// It uses the locals of the part before it.
  static let automation = #"""
    -- Automations: requests of a function given to `atlas.each` are answered while others go on.
    local worker
    local function ask(name, ...)
      if worker then return host.request("each.begin", worker, name, ...) end
      return host.request(name, ...)
    end

    -- The project that stands for a page's entry.
    local function one(fields) return describe(fields, fields.id .. "/") end

    local loops = 0
    local function projects(filter)
      local page, index, number, isLast = {}, 0, 0, false
      loops = loops + 1
      local loop = loops
      return function()
        while index >= #page do
          if isLast then return nil end
          number = number + 1
          local more
          page, more = ask("atlas.projects", loop, number, filter)
          index, isLast = 0, not more
        end
        index = index + 1
        return one(page[index])
      end
    end

    local function orgs()
      local list, index
      return function()
        if not list then list, index = ask("atlas.orgs"), 0 end
        index = index + 1
        return list[index]
      end
    end

    local function iterator(items)
      if type(items) == "function" then return items end
      if type(items) ~= "table" then
        raise("atlas.each takes an array or an iterator of projects")
      end
      local index = 0
      return function()
        index = index + 1
        return items[index]
      end
    end

    local mathtype = math.type
    local function widthof(options)
      if options == nil then return 16 end
      if type(options) ~= "table" then raise("atlas.each takes { parallel = 16 }") end
      for key in pairs(options) do
        if key ~= "parallel" then raise("atlas.each takes parallel, not " .. tostring(key)) end
      end
      local width = options.parallel or 16
      if mathtype(width) ~= "integer" or width < 1 or width > 256 then
        raise("parallel takes a whole number from 1 to 256")
      end
      return width
    end

    local pcall = pcall
    local create, begin, take, renew = coroutine.create, host.begin, host.take, host.renew

    -- Every call of a function given to each has a ticket of its own, in whichever each: an answer
    -- that comes after its each was left, or while another one waits, is never taken for another's.
    local tickets = 0
    local arrived, isAnyArrived = {}, false
    local function wait(waiting)
      if isAnyArrived then
        for ticket in pairs(arrived) do
          if waiting[ticket] then
            arrived[ticket] = nil
            return ticket
          end
        end
      end
      while true do
        local ticket = host.request("each.wait")
        if waiting[ticket] then return ticket end
        arrived[ticket], isAnyArrived = true, true
      end
    end

    local function each(items, fn, options)
      if worker then raise("atlas.each cannot be called inside atlas.each") end
      if type(fn) ~= "function" then raise("atlas.each takes a function: fn(project)") end
      local next, width = iterator(items), widthof(options)
      local results, calls, waiting, count, active, isOver = {}, {}, {}, 0, 0, false
      local function settle(ticket, ok, value)
        worker = nil
        if ok == nil then return end
        local result = calls[ticket]
        waiting[ticket], calls[ticket], active = nil, nil, active - 1
        result.ok = ok
        if ok then
          result.value = value
        else
          result.error = value
          local id = inside[result.project] and inside[result.project].id or ""
          local isText, text = pcall(tostring, value)
          if not isText then text = "(the error's __tostring failed)" end
          host.request("each.failed", id, text)
        end
      end
      while true do
        while not isOver and active < width do
          local item = next()
          if item == nil then
            isOver = true
          else
            if not inside[item] then
              raise("atlas.each takes projects, and was given " .. type(item))
            end
            count, active, tickets = count + 1, active + 1, tickets + 1
            local ticket = tickets
            results[count] = { project = item }
            calls[ticket] = results[count]
            waiting[ticket] = create(function()
              renew()
              return fn(item)
            end)
            worker = ticket
            settle(ticket, begin(waiting[ticket]))
          end
        end
        if active == 0 then return results end
        local ticket = wait(waiting)
        worker = ticket
        settle(ticket, take("each.take", ticket, waiting[ticket]))
      end
    end

    """#
}
