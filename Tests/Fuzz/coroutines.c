// Coroutines across the workers of an each: a script creates, resumes, closes, abandons and shares
// them at random while requests wait for the host. Each request carries a number of its own, and its
// answer has to bring the same number back: an answer that reaches another question ends the process.
//
// The bytes of an input only seed the script's choices and the host's.
#include "fuzz.h"

static const char prelude[] =
    "local host = ...\n"
    "local request, begin, take, post = host.request, host.begin, host.take, host.post\n"
    "local create, resume, wrap = coroutine.create, coroutine.resume, coroutine.wrap\n"
    "local close, status, running = coroutine.close, coroutine.status, coroutine.running\n"
    "local yield, isyieldable = coroutine.yield, coroutine.isyieldable\n"
    "local random, pcall, error, select = math.random, pcall, error, select\n"
    "local pool, steps, asked, worker = {}, 0, 0, nil\n"
    "local act\n"
    "local function ask()\n"
    "  asked = asked + 1\n"
    "  local id = asked\n"
    "  local ok, got = pcall(request, 'ask', worker or 0, id)\n"
    "  if ok and got ~= id or not ok and got ~= -id and type(got) ~= 'string' then\n"
    "    request('wrong', id)\n"
    "  end\n"
    "end\n"
    "local function body(depth)\n"
    "  return function(...)\n"
    "    act(depth)\n"
    "    return select('#', ...)\n"
    "  end\n"
    "end\n"
    "local function any() return pool[random(8)] end\n"
    "local actions = {\n"
    "  ask, ask, ask,\n"
    "  function(depth) pool[random(8)] = create(body(depth)) end,\n"
    "  function(depth) pool[random(8)] = wrap(body(depth)) end,\n"
    "  function() local co = any() if type(co) == 'thread' then resume(co, 1, 2) end end,\n"
    "  function() local co = any() if type(co) == 'function' then pcall(co, 3) end end,\n"
    "  function() local co = any() if type(co) == 'thread' then resume(co) end end,\n"
    "  function() local co = any() if type(co) == 'thread' then pcall(close, co) end end,\n"
    "  function() local co = any() if type(co) == 'thread' then status(co) end end,\n"
    "  function() pcall(yield, 1, 2, 3) end,\n"
    "  function() if isyieldable() then yield() end end,\n"
    "  function() pool[random(8)] = running() end,\n"
    "  function() pool[random(8)] = nil end,\n"
    "  function(depth) resume(create(body(depth))) end,\n"
    "  function(depth) for _ = 1, random(3) do pcall(wrap(body(depth))) end end,\n"
    "  function() local x = 0 for i = 1, random(400) do x = x + i end end,\n"
    "  function() post('note', steps) end,\n"
    "  function() if random(6) == 1 then error('so') end end,\n"
    "  function() if random(6) == 1 then error(setmetatable({}, { __tostring = ask })) end end,\n"
    "}\n"
    "function act(depth)\n"
    "  for _ = 1, random(6) do\n"
    "    steps = steps + 1\n"
    "    local action = actions[random(#actions)]\n"
    "    if depth < 6 then action(depth + 1) else ask() end\n"
    "  end\n"
    "end\n"
    "local tickets, arrived = 0, {}\n"
    "local function each(count, width)\n"
    "  local waiting, active = {}, 0\n"
    "  local function settle(ticket, ok)\n"
    "    worker = nil\n"
    "    if ok == nil then return end\n"
    "    waiting[ticket], active = nil, active - 1\n"
    "  end\n"
    "  while true do\n"
    "    while count > 0 and active < width do\n"
    "      if random(4) == 1 then act(3) end\n"
    "      if random(40) == 1 then error('left') end\n"
    "      count, active, tickets = count - 1, active + 1, tickets + 1\n"
    "      waiting[tickets] = create(body(0))\n"
    "      local ticket = tickets\n"
    "      worker = ticket\n"
    "      settle(ticket, begin(waiting[ticket]))\n"
    "    end\n"
    "    if active == 0 then return end\n"
    "    local ticket\n"
    "    for old in pairs(arrived) do if waiting[old] then ticket = old end end\n"
    "    if ticket then arrived[ticket] = nil end\n"
    "    while not ticket do\n"
    "      local found = request('wait')\n"
    "      if waiting[found] then ticket = found else arrived[found] = true end\n"
    "    end\n"
    "    worker = ticket\n"
    "    settle(ticket, take('take', ticket, waiting[ticket]))\n"
    "  end\n"
    "end\n"
    "return { run = function()\n"
    "  for _ = 1, 4 do\n"
    "    pcall(each, random(8), random(4))\n"
    "    worker = nil\n"
    "    if random(3) == 1 then\n"
    "      local one = create(function() each(3, 2) end)\n"
    "      pool[1] = one\n"
    "      for _ = 1, 5 do resume(one) act(4) end\n"
    "      worker = nil\n"
    "    end\n"
    "  end\n"
    "  return steps\n"
    "end }";

static uint64_t state;
static uint64_t total_steps, total_requests, total_sessions;

static uint32_t choose(uint32_t below) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % below;
}

enum { WAITING_MAX = 256 };
static struct {
  int64_t ticket, id;
} waiting[WAITING_MAX];
static uint32_t waiting_count;

static int64_t integer_of(const uint8_t **next, const uint8_t *end) {
  int64_t result;
  CHECK(*fuzz_take(next, end, 1) == SHIM_TAG_INTEGER);
  memcpy(&result, fuzz_take(next, end, 8), 8);
  return result;
}

// Answers a request with a number, or raises its negative.
static int give(shim_session *s, int64_t id) {
  if (choose(5) != 0) return shim_answer_scalar(s, SHIM_TAG_INTEGER, (uint64_t)id);
  uint8_t *input = shim_input(s, 16);
  int64_t negative = -id;
  CHECK(input != NULL);
  input[0] = SHIM_TAG_INTEGER;
  memcpy(input + 1, &negative, 8);
  return shim_raise(s, 9);
}

static int answer_nothing(shim_session *s) {
  uint8_t *input = shim_input(s, 4);
  CHECK(input != NULL);
  memset(input, 0, 4);
  return shim_answer(s, 4);
}

static int answer(shim_session *s) {
  shim_view view = shim_output(s);
  const uint8_t *next = view.bytes, *end = next + view.count;
  fuzz_take(&next, end, 8);
  shim_view name = shim_request_name(s, fuzz_count(&next, end));
  uint32_t count = fuzz_count(&next, end);
  char text[16] = {0};
  CHECK(name.count < sizeof(text));
  memcpy(text, name.bytes, name.count);
  total_requests += 1;
  CHECK(strcmp(text, "wrong") != 0);
  if (strcmp(text, "ask") == 0) {
    CHECK(count == 2);
    int64_t ticket = integer_of(&next, end), id = integer_of(&next, end);
    if (ticket == 0) return give(s, id);
    if (waiting_count == WAITING_MAX) return -1;
    waiting[waiting_count].ticket = ticket;
    waiting[waiting_count++].id = id;
    return answer_nothing(s);
  }
  if (strcmp(text, "wait") == 0) {
    if (waiting_count == 0) return -1;
    uint32_t chosen = choose(waiting_count);
    for (uint32_t i = 0; i < waiting_count; i++) {
      if (waiting[i].ticket == waiting[chosen].ticket) {
        chosen = i;
        break;
      }
    }
    return shim_answer_scalar(s, SHIM_TAG_INTEGER, (uint64_t)waiting[chosen].ticket);
  }
  CHECK(strcmp(text, "take") == 0 && count == 1);
  int64_t ticket = integer_of(&next, end);
  for (uint32_t i = 0; i < waiting_count; i++) {
    if (waiting[i].ticket != ticket) continue;
    int64_t id = waiting[i].id;
    memmove(&waiting[i], &waiting[i + 1], (waiting_count - i - 1) * sizeof(*waiting));
    waiting_count -= 1;
    return give(s, id);
  }
  CHECK(!"an answer that is waited for");
}

static void report(void) {
  fprintf(stderr, "Ran %llu sessions, %llu steps, %llu requests\n",
          (unsigned long long)total_sessions, (unsigned long long)total_steps,
          (unsigned long long)total_requests);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t *code;
  static size_t code_count;
  if (code == NULL) {
    char *message;
    int line;
    CHECK(shim_check_library() == NULL);
    int status = shim_compile(
        prelude, strlen(prelude), "=prelude", &code, &code_count, &message, &line);
    if (status != SHIM_COMPILED) fprintf(stderr, "%d: %s\n", line, message);
    CHECK(status == SHIM_COMPILED);
    atexit(report);
  }
  state = 1469598103934665603u;
  for (size_t i = 0; i < size; i++) state = (state ^ data[i]) * 1099511628211u;
  shim_limits limits = fuzz_limits;
  limits.instructions = 2000000;
  limits.slice_nanoseconds = choose(2);
  shim_flag *flag = shim_flag_new();
  CHECK(flag != NULL);
  shim_session *s = shim_open(&limits, flag, state);
  CHECK(s != NULL);
  size_t count = fuzz_put_program(s, 0, "prelude", code, code_count);
  CHECK(shim_prelude(s, count) == SHIM_FINISHED);
  waiting_count = 0;
  static const uint8_t head[] = {3, 0, 0, 0, 'r', 'u', 'n', 0, 0, 0, 0};
  uint8_t *input = shim_input(s, sizeof(head));
  CHECK(input != NULL);
  memcpy(input, head, sizeof(head));
  int status = shim_start(s, sizeof(head));
  for (int turn = 0; turn < 4000 && (status == SHIM_REQUEST || status == SHIM_INTERRUPTED); turn++) {
    if (choose(3000) == 0) shim_flag_raise(flag);
    status = status == SHIM_INTERRUPTED ? shim_continue(s) : answer(s);
    shim_clear_posts(s);
  }
  if (status == SHIM_FAILED) fuzz_walk_error(shim_output(s));
  if (status == SHIM_FINISHED) {
    shim_view view = shim_output(s);
    const uint8_t *next = view.bytes, *end = next + view.count;
    CHECK(fuzz_count(&next, end) == 1);
    total_steps += (uint64_t)integer_of(&next, end);
  }
  total_sessions += 1;
  shim_close(s);
  shim_flag_free(flag);
  return 0;
}
