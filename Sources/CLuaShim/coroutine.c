// Coroutines that let requests of the host through, and do not outlive the end of a script.
//
// A coroutine that waits for the host, or that resumed one that waits, looks yielded to Lua. To the
// script it is still running: only the coroutine that resumed it may continue it, once the host has
// answered. Whether it waits is read off its innermost frame, so that no record can be wrong: a
// script's own yield stands in coroutine_yield, a wait in any other function.
#include "internal.h"

enum { RESUME_COST = 10, CREATE_COST = 200 };

typedef enum { RUNNING, SUSPENDED, NORMAL, DEAD } condition;

static lua_State *coroutine_at(lua_State *L, int index) {
  lua_State *co = lua_tothread(L, index);
  luaL_argexpected(L, co != NULL, index, "coroutine");
  return co;
}

static int coroutine_yield(lua_State *L);

// Whether a coroutine that Lua holds for yielded was yielded by the script itself.
static int has_yielded(lua_State *co) {
  lua_Debug frame;
  if (!lua_checkstack(co, 1) || !lua_getstack(co, 0, &frame)) return 0;
  lua_getinfo(co, "f", &frame);
  int result = lua_tocfunction(co, -1) == coroutine_yield;
  lua_settop(co, -2);
  return result;
}

static condition condition_of(lua_State *L, lua_State *co) {
  lua_Debug frame;
  if (L == co) return RUNNING;
  switch (lua_status(co)) {
    case LUA_YIELD: return has_yielded(co) ? SUSPENDED : NORMAL;
    case LUA_OK:
      if (lua_getstack(co, 0, &frame)) return NORMAL;
      return lua_gettop(co) == 0 ? DEAD : SUSPENDED;
    default: return DEAD;
  }
}

// Resumes a coroutine. Returns how many values it left on its stack, or -1 with the error on top of
// L, or -2 if a request of the host is on its way out through it.
static int resume(lua_State *L, lua_State *co, int arguments, int is_worker) {
  shim_session *s = session_of(L);
  int count = 0;
  int here = s->chain_last;
  if (here + 1 >= CHAIN_MAX) {
    lua_pushliteral(L, "C stack overflow");
    return -1;
  }
  s->chain[here + 1].can_yield = can_yield(s, L);
  s->chain[here + 1].L = co;
  s->chain[here + 1].is_worker = is_worker;
  s->chain_last = here + 1;
  shim_watch(s, co);
  int status = lua_resume(co, L, arguments, &count);
  s->chain_last = here;
  if (status == LUA_OK || status == LUA_YIELD) return s->is_pending ? -2 : count;
  if (status == LUA_ERRMEM) shim_stop(s, SHIM_MEMORY);
  if (s->reason != SHIM_RUNNING) shim_raise_stop(L);
  s->due += INTERVAL;
  charge(s, L, RESUME_COST);
  lua_xmove(co, L, 1);
  return -1;
}

static int take_results(lua_State *L, lua_State *co, int count) {
  if (!lua_checkstack(L, count + 1)) {
    lua_settop(co, -count - 1);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, count);
  return count;
}

// Moves the arguments over and resumes; the results, or the error, are on top of L afterwards.
static int first_resume(lua_State *L, lua_State *co, int arguments, int is_worker) {
  charge(session_of(L), L, RESUME_COST);
  condition state = condition_of(L, co);
  if (state != SUSPENDED) {
    lua_pushfstring(
        L, "cannot resume %s coroutine", state == DEAD ? "dead" : "non-suspended");
    return -1;
  }
  if (!lua_checkstack(co, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, arguments);
  int count = resume(L, co, arguments, is_worker);
  return count >= 0 ? take_results(L, co, count) : count;
}

// A request goes on outwards; once it is answered, the coroutine that made it is resumed.
static int again(lua_State *L, lua_State *co, lua_KContext context, lua_KFunction next) {
  int count = resume(L, co, 0, 0);
  if (count == -2) return lua_yieldk(L, 0, context, next);
  return count >= 0 ? take_results(L, co, count) : count;
}

static int finish_resume(lua_State *L, int count) {
  lua_pushboolean(L, count >= 0);
  lua_insert(L, -(count >= 0 ? count + 1 : 2));
  return count >= 0 ? count + 1 : 2;
}

static int resume_again(lua_State *L, int status, lua_KContext context) {
  (void)status;
  lua_settop(L, 1);
  return finish_resume(L, again(L, lua_tothread(L, 1), context, resume_again));
}

// Ends a turn of a worker: with its results or its error, or with nothing where it waits.
static int end_turn(lua_State *L, int count) {
  if (count == -2) return lua_yieldk(L, 0, session_of(L)->is_interrupted, worker_again);
  return finish_resume(L, count);
}

// The worker at index 1 goes on after the end of a slice, or with an answer that is its own; after
// a request of its own it is left waiting, whatever the host answered to that.
int worker_again(lua_State *L, int status, lua_KContext goes_on) {
  (void)status;
  lua_settop(L, 1);
  if (!goes_on) return 0;
  lua_State *co = lua_tothread(L, 1);
  int count = resume(L, co, 0, 1);
  return end_turn(L, count >= 0 ? take_results(L, co, count) : count);
}

// host.begin(coroutine, ...): as coroutine.resume, but a request of the host does not hold up who
// called: it gets nothing back, and the answer is given by host.take.
int host_begin(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  int count = first_resume(L, co, lua_gettop(L) - 1, 1);
  return end_turn(L, count);
}

static int coroutine_resume(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  int count = first_resume(L, co, lua_gettop(L) - 1, 0);
  if (count == -2) return lua_yieldk(L, 0, 0, resume_again);
  return finish_resume(L, count);
}

static int finish_wrap(lua_State *L, int count) {
  if (count >= 0) return count;
  if (lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int wrap_again(lua_State *L, int status, lua_KContext context) {
  (void)status;
  lua_settop(L, 0);
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  return finish_wrap(L, again(L, co, context, wrap_again));
}

static int wrap_call(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int count = first_resume(L, co, lua_gettop(L), 0);
  if (count == -2) return lua_yieldk(L, 0, 0, wrap_again);
  return finish_wrap(L, count);
}

// Counts those that are alive. Only done once as many were made as may live, since most are not.
static void count_alive(lua_State *L) {
  shim_session *s = session_of(L);
  uint64_t alive = 0;
  lua_gc(L, LUA_GCCOLLECT);
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_COROUTINES);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_State *co = lua_tothread(L, -2);
    alive += co != NULL && condition_of(L, co) != DEAD;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  if (alive >= s->limits.coroutines) {
    shim_stop(s, SHIM_COROUTINES);
    shim_raise_stop(L);
  }
  s->coroutines_since_count = 0;
  s->coroutines_allowed = s->limits.coroutines - alive;
}

static int coroutine_create(lua_State *L) {
  shim_session *s = session_of(L);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  charge(s, L, CREATE_COST);
  if (s->coroutines_since_count >= s->coroutines_allowed) count_alive(L);
  s->coroutines_since_count += 1;
  lua_State *co = lua_newthread(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_COROUTINES);
  lua_pushvalue(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  shim_watch(s, co);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int coroutine_wrap(lua_State *L) {
  coroutine_create(L);
  lua_pushcclosure(L, wrap_call, 1);
  return 1;
}

// Whether a coroutine is none of the script's: that of the entry, or a worker that host.begin runs.
// To the script it is the main program.
static int is_main(shim_session *s, lua_State *L) {
  if (L == s->base || L == s->main) return 1;
  for (int link = s->chain_last; link >= 0; link--) {
    if (s->chain[link].L == L) return s->chain[link].is_worker;
  }
  return 0;
}

static int coroutine_yield(lua_State *L) {
  shim_session *s = session_of(L);
  if (is_main(s, L)) {
    return luaL_error(L, "attempt to yield from outside a coroutine");
  }
  charge(s, L, 1);
  return lua_yield(L, lua_gettop(L));
}

static int coroutine_isyieldable(lua_State *L) {
  shim_session *s = session_of(L);
  lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
  lua_pushboolean(L, !is_main(s, co) && lua_isyieldable(co));
  return 1;
}

static int coroutine_running(lua_State *L) {
  shim_session *s = session_of(L);
  lua_pushthread(L);
  lua_pushboolean(L, is_main(s, L));
  return 2;
}

static int coroutine_status(lua_State *L) {
  static const char *const names[] = {"running", "suspended", "normal", "dead"};
  lua_pushstring(L, names[condition_of(L, coroutine_at(L, 1))]);
  return 1;
}

static int coroutine_close(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  condition state = condition_of(L, co);
  charge(session_of(L), L, RESUME_COST);
  if (state == RUNNING || state == NORMAL) {
    return luaL_error(
        L, "cannot close a %s coroutine", state == RUNNING ? "running" : "normal");
  }
  // There are no closers that could run here.
  if (lua_resetthread(co) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(co, L, 1);
  return 2;
}

void open_coroutines(lua_State *L, int globals) {
  static const shim_entry entries[] = {
      {"create", coroutine_create},   {"resume", coroutine_resume},
      {"wrap", coroutine_wrap},       {"yield", coroutine_yield},
      {"status", coroutine_status},   {"running", coroutine_running},
      {"close", coroutine_close},     {"isyieldable", coroutine_isyieldable},
  };
  lua_createtable(L, 0, 8);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_setfield(L, globals, "coroutine");
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_pushvalue(L, -1);
  lua_setmetatable(L, -3);
  lua_insert(L, -2);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_COROUTINES);
  // The cache of metatables is weak in the same way.
  lua_createtable(L, 0, 0);
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_METATABLES);
}
