// The host as a script sees it: requests that yield, posts that do not, and the entry that runs.
#include "internal.h"

#include <stdio.h>

int can_yield(shim_session *s, lua_State *L) {
  return s->chain[s->chain_last].can_yield && lua_isyieldable(L);
}

typedef struct {
  const char *library;
  const char *name;
  lua_CFunction function;
  const char *where;
} setting;

// What a C function that keeps a script from yielding is called by people.
static const char *setting_of(lua_CFunction function) {
  static const setting settings[] = {
      {NULL, NULL, message_wrapper, "a message handler"},
      {NULL, NULL, table_sort, "a table.sort comparison"},
      {NULL, NULL, string_gsub, "a string.gsub callback"},
      {NULL, NULL, string_format, "__tostring"},
      {NULL, NULL, base_tostring, "__tostring"},
  };
  for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
    if (settings[i].function == function) return settings[i].where;
  }
  return NULL;
}

void refuse_yield(lua_State *L, const char *what) {
  enum { LEVELS = 100 };
  shim_session *s = session_of(L);
  const char *where = NULL, *name = NULL;
  lua_State *at = L;
  for (int link = s->chain_last; where == NULL; at = s->chain[link].L) {
    lua_Debug frame;
    for (int level = 1; level < LEVELS && lua_getstack(at, level, &frame); level++) {
      lua_getinfo(at, "Snf", &frame);
      lua_CFunction function = lua_tocfunction(at, -1);
      lua_settop(at, -2);
      if (function != NULL && name == NULL) name = frame.name;
      if (function != NULL && (where = setting_of(function)) != NULL) break;
    }
    if (--link < 0) break;
  }
  if (where != NULL) shim_fail(L, "cannot call %s inside %s", what, where);
  if (name != NULL) shim_fail(L, "cannot call %s inside the library function '%s'", what, name);
  shim_fail(L, "cannot call %s here, where a script cannot wait", what);
}

static shim_reader input_of(lua_State *L) {
  shim_session *s = session_of(L);
  shim_reader reader = {L, s->input.bytes, s->input.bytes + s->input_count, 0};
  return reader;
}

static int request_answered(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  shim_session *s = session_of(L);
  lua_settop(L, 0);
  // Each answer is read once, by the coroutine that asked, before anything else of the script runs.
  if (!s->is_answered) shim_fail(L, "a request of the host was continued without an answer");
  s->is_answered = 0;
  shim_reader reader = input_of(L);
  if (s->is_raising) {
    push_value(&reader);
    if (lua_type(L, -1) == LUA_TSTRING) shim_fail_with_top(L);
    return lua_error(L);
  }
  uint32_t count = read_count(&reader);
  if (count > LUAI_MAXSTACK) shim_fail(L, "the host's answer has too many values");
  if (count > LUA_MINSTACK / 2) {
    luaL_checkstack(L, (int)count, "the host's answer has too many values");
  }
  for (uint32_t i = 0; i < count; i++) push_value(&reader);
  return (int)count;
}

// The number of the name at index 1, which is given one if there is one left.
static uint32_t number_of(shim_session *s, lua_State *L, const char *name, size_t length) {
  enum { SHORT_MAX = 40 };  // LUAI_MAXSHORTLEN: up to here one string is at one address
  uint32_t first = (uint32_t)((uintptr_t)name >> 4) % SHIM_NAMES_MAX, number = first;
  if (length > SHORT_MAX) return SHIM_NAMES_MAX;
  while (s->names[number].text != name) {
    if (s->names[number].text == NULL) {
      lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_NAMES);
      lua_pushvalue(L, 1);
      lua_rawseti(L, -2, number + 1);
      lua_settop(L, -2);
      s->names[number].text = name;
      s->names[number].length = length;
      return number;
    }
    number = (number + 1) % SHIM_NAMES_MAX;
    if (number == first) return SHIM_NAMES_MAX;
  }
  return number;
}

shim_view shim_request_name(const shim_session *s, uint32_t number) {
  shim_view none = {NULL, 0};
  if (number >= SHIM_NAMES_MAX) return none;
  shim_view view = {(const uint8_t *)s->names[number].text, s->names[number].length};
  return view;
}

static int write_header(shim_session *s, lua_State *L, const char *name, size_t length) {
  uint32_t number = number_of(s, L, name, length);
  shim_place place = shim_find_place(s, L, 1);
  uint32_t header[] = {place.chunk, place.line, number};
  s->output.count = 0;
  uint8_t *room = buffer_room(&s->output, sizeof(header));
  if (room == NULL) return 0;
  memcpy(room, header, sizeof(header));
  return number < SHIM_NAMES_MAX || buffer_text(&s->output, name, length);
}

// host.request(name, ...)
static int host_request(lua_State *L) {
  shim_session *s = session_of(L);
  char problem[PROBLEM_SIZE];
  size_t length;
  luaL_checktype(L, 1, LUA_TSTRING);
  const char *name = lua_tolstring(L, 1, &length);
  charge(s, L, 20);
  if (!can_yield(s, L)) refuse_yield(L, name);
  if (!write_header(s, L, name, length)) shim_fail(L, "not enough memory");
  if (!shim_encode(s, L, &s->output, 2, lua_gettop(L), problem)) shim_fail(L, "%s", problem);
  s->is_pending = 1;
  return lua_yieldk(L, 0, 0, request_answered);
}

// host.take(name, argument, coroutine): a request whose answer goes to a coroutine that host.begin
// left waiting; what comes back is as from host.begin.
static int host_take(lua_State *L) {
  shim_session *s = session_of(L);
  char problem[PROBLEM_SIZE];
  size_t length;
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_checktype(L, 3, LUA_TTHREAD);
  const char *name = lua_tolstring(L, 1, &length);
  charge(s, L, 20);
  if (!can_yield(s, L)) refuse_yield(L, name);
  if (!write_header(s, L, name, length)) shim_fail(L, "not enough memory");
  if (!shim_encode(s, L, &s->output, 2, 2, problem)) shim_fail(L, "%s", problem);
  lua_settop(L, 3);
  lua_replace(L, 1);
  s->is_pending = 1;
  return lua_yieldk(L, 0, 1, worker_again);
}

// Takes back a post from its start on, and leaves a note once that posts are missing.
static int suppress(shim_session *s, size_t start) {
  s->posts.count = start;
  if (s->is_suppressed) return 0;
  s->is_suppressed = 1;
  shim_place nowhere = {0, 0};
  static const char name[] = "suppressed";
  if (!buffer_count(&s->posts, 0) || !buffer_place(&s->posts, nowhere)
      || !buffer_count(&s->posts, 1) || !buffer_byte(&s->posts, SHIM_TAG_STRING)
      || !buffer_text(&s->posts, name, sizeof(name) - 1)) {
    s->posts.count = start;
  }
  return 0;
}

// What may wait to be fetched at once, whatever may be posted in all.
enum { POSTS_WAITING_MAX = 16 << 20 };

// host.post(name, ...)
static int host_post(lua_State *L) {
  shim_session *s = session_of(L);
  char problem[PROBLEM_SIZE];
  luaL_checktype(L, 1, LUA_TSTRING);
  charge(s, L, 20);
  if (s->is_suppressed) return 0;
  size_t start = s->posts.count;
  if (!buffer_count(&s->posts, 0) || !buffer_place(&s->posts, shim_find_place(s, L, 1))) {
    return suppress(s, start);
  }
  if (!shim_encode(s, L, &s->posts, 1, lua_gettop(L), problem)) {
    s->posts.count = start;
    shim_fail(L, "%s", problem);
  }
  s->posted += s->posts.count - start;
  if (s->posted > s->limits.post_bytes || s->posts.count > POSTS_WAITING_MAX) {
    return suppress(s, start);
  }
  return 0;
}

// host.canwait(): whether a request could be made here
static int host_canwait(lua_State *L) {
  lua_pushboolean(L, can_yield(session_of(L), L));
  return 1;
}

// host.raise(message)
static int host_raise(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);
  shim_fail_with_top(L);
}

// host.position() -> file, line
static int host_position(lua_State *L) {
  shim_session *s = session_of(L);
  shim_place place = shim_find_place(s, L, 1);
  if (place.line == 0) return 0;
  lua_pushstring(L, s->chunks[place.chunk].source + 1);
  lua_pushinteger(L, place.line);
  return 2;
}

// host.markarray(table) -> table
static int host_markarray(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  mark_array(L, 1);
  return 1;
}

// host.isarray(table): whether it is marked
static int host_isarray(lua_State *L) {
  lua_pushboolean(L, lua_istable(L, 1) && is_marked(session_of(L), L, 1));
  return 1;
}

// host.seed(integer)
static int host_seed(lua_State *L) {
  seed_random(session_of(L), (uint64_t)luaL_checkinteger(L, 1));
  return 0;
}

// host.renew()
static int host_renew(lua_State *L) {
  shim_renew(session_of(L));
  return 0;
}

void open_host(lua_State *L) {
  static const shim_entry entries[] = {
      {"request", host_request},   {"post", host_post},       {"raise", host_raise},
      {"position", host_position}, {"methods", host_methods}, {"kind", host_kind},
      {"markarray", host_markarray}, {"isarray", host_isarray}, {"seed", host_seed},
      {"renew", host_renew},       {"begin", host_begin},     {"take", host_take},
      {"canwait", host_canwait},
  };
  lua_createtable(L, 0, 14);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  push_null(L);
  lua_setfield(L, -2, "null");
}

static int entry_returned(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  shim_session *s = session_of(L);
  char problem[PROBLEM_SIZE];
  s->output.count = 0;
  if (!shim_encode(s, L, &s->output, 1, lua_gettop(L), problem)) shim_fail(L, "%s", problem);
  return 0;
}

// The body of the coroutine of an entry.
static int run_entry(lua_State *L) {
  shim_reader reader = input_of(L);
  size_t length;
  const char *name = read_text(&reader, &length);
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_ENTRIES);
  lua_pushlstring(L, name, length);
  if (!lua_istable(L, 1) || lua_rawget(L, 1) != LUA_TFUNCTION) {
    luaL_error(L, "the prelude has no entry '%s'", lua_pushlstring(L, name, length));
  }
  lua_remove(L, 1);
  uint32_t count = read_count(&reader);
  if (count > LUAI_MAXSTACK) luaL_error(L, "too many arguments");
  luaL_checkstack(L, (int)count, "too many arguments");
  for (uint32_t i = 0; i < count; i++) push_value(&reader);
  lua_callk(L, (int)count, LUA_MULTRET, 0, entry_returned);
  return entry_returned(L, LUA_OK, 0);
}

// Makes the coroutine of an entry. Light C function: pushing it needs no memory.
static int make_base(lua_State *L) {
  shim_session *s = session_of(L);
  lua_State *base = lua_newthread(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_BASE);
  s->base = base;
  shim_watch(s, base);
  return 0;
}

static int run(shim_session *s) {
  int count = 0;
  buffer_trim(&s->output);
  if (s->reason != SHIM_RUNNING) return shim_write_error(s, NULL, LUA_OK);
  s->chain[0].L = s->base;
  s->chain[0].can_yield = 1;
  s->chain[0].is_worker = 0;
  s->chain_last = 0;
  int status = lua_resume(s->base, NULL, 0, &count);
  s->chain_last = 0;
  int result = SHIM_FINISHED;
  if (status == LUA_YIELD && s->is_interrupted) {
    result = SHIM_INTERRUPTED;
  } else if (status == LUA_YIELD && s->is_pending) {
    result = SHIM_REQUEST;
  } else if (status != LUA_OK || s->reason != SHIM_RUNNING) {
    result = shim_write_error(s, s->base, status);
    s->base = NULL;
  }
  if (result == SHIM_INTERRUPTED) {
    shim_end_slice(s);
  } else {
    shim_end_step(s);
  }
  s->is_pending = s->is_interrupted = s->is_answered = 0;
  s->chain_last = -1;
  s->input_count = 0;
  buffer_trim(&s->input);
  buffer_trim(&s->scratch);
  return result;
}

int shim_start(shim_session *s, size_t count) {
  s->input_count = count;
  shim_begin_step(s);
  if (s->base == NULL || lua_status(s->base) != LUA_OK || lua_gettop(s->base) != 0) {
    lua_pushcfunction(s->main, make_base);
    int status = lua_pcall(s->main, 0, 0, 0);
    if (status != LUA_OK) {
      shim_write_error(s, s->main, status);
      lua_settop(s->main, 0);
      s->base = NULL;
      return SHIM_FAILED;
    }
  }
  lua_pushcfunction(s->base, run_entry);
  return run(s);
}

int shim_continue(shim_session *s) {
  shim_begin_slice(s);
  return run(s);
}

static int answer(shim_session *s, size_t count, int is_raising) {
  s->input_count = count;
  s->is_answered = 1;
  s->is_raising = is_raising;
  shim_begin_step(s);
  return run(s);
}

int shim_answer(shim_session *s, size_t count) { return answer(s, count, 0); }

int shim_answer_scalar(shim_session *s, uint8_t tag, uint64_t word) {
  static const uint32_t one = 1;
  uint8_t *input = shim_input(s, sizeof(one) + 1 + sizeof(word));
  if (input == NULL) return answer(s, 0, 0);  // raises that nothing can be read
  memcpy(input, &one, sizeof(one));
  input[sizeof(one)] = tag;
  memcpy(input + sizeof(one) + 1, &word, sizeof(word));
  return answer(s, sizeof(one) + 1 + sizeof(word), 0);
}

int shim_raise(shim_session *s, size_t count) { return answer(s, count, 1); }

// Runs the host's own chunk, and keeps what it returns.
static int run_prelude(lua_State *L) {
  shim_reader reader = input_of(L);
  push_value(&reader);
  open_host(L);
  lua_call(L, 1, 1);
  if (!lua_istable(L, -1)) luaL_error(L, "the prelude did not return a table");
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_ENTRIES);
  return 0;
}

int shim_prelude(shim_session *s, size_t count) {
  s->input_count = count;
  s->is_open = 1;
  shim_begin_step(s);
  s->chain[0].L = s->main;
  s->chain[0].can_yield = 0;
  s->chain[0].is_worker = 0;
  s->chain_last = 0;
  lua_pushcfunction(s->main, run_prelude);
  int status = s->reason == SHIM_RUNNING ? lua_pcall(s->main, 0, 0, 0) : LUA_ERRRUN;
  shim_end_step(s);
  int result = SHIM_FINISHED;
  if (status != LUA_OK) result = shim_write_error(s, s->main, status);
  lua_settop(s->main, 0);
  s->chain_last = -1;
  return result;
}

shim_view shim_output(const shim_session *s) {
  shim_view view = {s->output.bytes, s->output.count};
  return view;
}

shim_view shim_posts(const shim_session *s) {
  shim_view view = {s->posts.bytes, s->posts.count};
  return view;
}

// Posts that were dropped only since too many waited are followed by others again.
void shim_clear_posts(shim_session *s) {
  buffer_trim(&s->posts);
  if (s->posted <= s->limits.post_bytes) s->is_suppressed = 0;
}

uint8_t *shim_input(shim_session *s, size_t capacity) {
  s->input.count = 0;
  size_t kept = s->input.capacity;
  if (capacity > kept) {
    uint8_t *room = buffer_room(&s->input, capacity);
    if (room == NULL) return NULL;
  }
  s->input.count = 0;
  return s->input.bytes;
}
