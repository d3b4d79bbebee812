// Metatables of scripts: private copies of what is safe in them.
//
// `__gc` would run without any hook, `__mode` and `__close` and `__concat` crash Lua 5.4.4. A copy
// cannot get one of these later.
#include "internal.h"

const char original_key, mark_key;

static const char *const names[] = {
    "__index", "__newindex", "__call", "__tostring", "__name", "__len", "__pairs", "__eq",
    "__lt",    "__le",       "__unm",  "__bnot",     "__add",  "__sub", "__mul",   "__div",
    "__mod",   "__pow",      "__idiv", "__band",     "__bor",  "__bxor", "__shl",  "__shr",
    "__metatable",
};

enum { NAME_COUNT = sizeof(names) / sizeof(*names), NAME_MAX_LENGTH = 100, SET_COST = 30 };

void open_metatables(lua_State *L) {
  lua_createtable(L, NAME_COUNT, 0);
  for (int i = 0; i < NAME_COUNT; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_METANAMES);
  lua_createtable(L, 0, 0);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_ARRAY);
}

// Whether a table is marked as an array: by the metatable kept for that, or in its private copy.
int is_marked(shim_session *s, lua_State *L, int index) {
  (void)s;
  if (!lua_getmetatable(L, index)) return 0;
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_ARRAY);
  int marked = lua_rawequal(L, -1, -2);
  lua_settop(L, -2);
  if (!marked) {
    marked = lua_rawgetp(L, -1, &mark_key) != LUA_TNIL;
    lua_settop(L, -2);
  }
  lua_settop(L, -2);
  return marked;
}

void mark_array(lua_State *L, int index) {
  if (lua_getmetatable(L, index)) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_ARRAY);
    if (!lua_rawequal(L, -1, -2) && lua_rawgetp(L, -2, &mark_key) == LUA_TNIL) {
      luaL_error(L, "a table with a metatable cannot be marked as an array");
    }
    lua_settop(L, index);
    return;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_ARRAY);
  lua_setmetatable(L, index);
}

// Whether the value on top may stand in a copy under a name.
static int is_allowed(lua_State *L, const char *name) {
  int type = lua_type(L, -1);
  if (type == LUA_TNIL) return 0;
  // A chain of callable tables would shift its arguments once for each link, in one instruction.
  if (strcmp(name, "__call") == 0) return type == LUA_TFUNCTION;
  if (strcmp(name, "__name") == 0) {
    return type == LUA_TSTRING && lua_rawlen(L, -1) <= NAME_MAX_LENGTH;
  }
  return 1;
}

// Whether the copy on top still says what the script's metatable says. The names are at names_at.
static int is_current(lua_State *L, int metatable, int names_at) {
  int copy = lua_gettop(L);
  for (int i = 1; i <= NAME_COUNT; i++) {
    lua_rawgeti(L, names_at, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, metatable);
    if (!is_allowed(L, names[i - 1])) {
      lua_pop(L, 1);
      lua_pushnil(L);
    }
    lua_insert(L, -2);
    lua_rawget(L, copy);
    int same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!same) return 0;
  }
  return 1;
}

static void push_copy(lua_State *L, int metatable, int names_at, int marked) {
  lua_createtable(L, 0, 4);
  int copy = lua_gettop(L);
  for (int i = 1; i <= NAME_COUNT; i++) {
    lua_rawgeti(L, names_at, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, metatable);
    if (is_allowed(L, names[i - 1])) {
      lua_rawset(L, copy);
    } else {
      lua_pop(L, 2);
    }
  }
  lua_pushvalue(L, metatable);
  lua_rawsetp(L, copy, &original_key);
  if (marked) {
    lua_pushboolean(L, 1);
    lua_rawsetp(L, copy, &mark_key);
  }
}

// Pushes the private copy for the metatable; objects of a class share one.
static void push_private(lua_State *L, int metatable, int marked) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_METANAMES);
  int names_at = lua_gettop(L);
  if (marked) {
    push_copy(L, metatable, names_at, 1);
    return;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_METATABLES);
  int cache = lua_gettop(L);
  lua_pushvalue(L, metatable);
  if (lua_rawget(L, cache) == LUA_TTABLE && is_current(L, metatable, names_at)) return;
  lua_pop(L, 1);
  push_copy(L, metatable, names_at, 0);
  lua_pushvalue(L, metatable);
  lua_pushvalue(L, -2);
  lua_rawset(L, cache);
}

static int is_protected(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return 0;
  lua_pushliteral(L, "__metatable");
  int protected = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 2);
  return protected;
}

int base_setmetatable(lua_State *L) {
  shim_session *s = session_of(L);
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (is_protected(L, 1)) return luaL_error(L, "cannot change a protected metatable");
  charge(s, L, SET_COST);
  lua_settop(L, 2);
  int marked = is_marked(s, L, 1);
  if (type == LUA_TTABLE) {
    push_private(L, 2, marked);
  } else if (marked) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_ARRAY);
  } else {
    lua_pushnil(L);
  }
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

int base_getmetatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) != LUA_TTABLE || !lua_getmetatable(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushliteral(L, "__metatable");
  if (lua_rawget(L, -2) != LUA_TNIL) return 1;
  lua_rawgetp(L, -2, &original_key);
  return 1;
}
