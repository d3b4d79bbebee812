// Protected calls that cannot swallow the end of a script.
#include "internal.h"

enum { FAILURE_COST = 200 };

// What every way of catching an error does first: a script that was stopped is not to go on, and
// one that is out of memory is stopped.
static void check_caught(lua_State *L, int status) {
  shim_session *s = session_of(L);
  if (status == LUA_ERRMEM) shim_stop(s, SHIM_MEMORY);
  // An error can cost milliseconds in C, its message alone.
  s->due += INTERVAL;
  charge(s, L, FAILURE_COST);
}

static int finish(lua_State *L, int status, lua_KContext extra) {
  if (status != LUA_OK && status != LUA_YIELD) {
    check_caught(L, status);
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)extra;
}

int base_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  charge(session_of(L), L, 5);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish);
  return finish(L, status, 0);
}

// Handlers run before the stack unwinds: without this one of the script's would run after its end.
int message_wrapper(lua_State *L) {
  shim_session *s = session_of(L);
  if (s->reason != SHIM_RUNNING) return 1;
  charge(s, L, FAILURE_COST);
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

int base_xpcall(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  charge(session_of(L), L, 5);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, message_wrapper, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish);
  return finish(L, status, 2);
}
