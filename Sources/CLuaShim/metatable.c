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

enum {
  NAME_COUNT = METANAME_COUNT,
  NAME_MAX_LENGTH = 100,
  SET_COST = 30,
  CALL = 2,  // places in names
  NAME = 4,
};

_Static_assert(sizeof(names) / sizeof(*names) == METANAME_COUNT, "as many names as places");

void open_metatables(lua_State *L) {
  lua_createtable(L, NAME_COUNT, 0);
  for (int i = 0; i < NAME_COUNT; i++) {
    // Short strings are unique, so a name is known by its address.
    session_of(L)->metanames[i] = lua_pushstring(L, names[i]);
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
static int is_allowed(lua_State *L, int name) {
  int type = lua_type(L, -1);
  // A chain of callable tables would shift its arguments once for each link, in one instruction.
  if (name == CALL) return type == LUA_TFUNCTION;
  if (name == NAME) return type == LUA_TSTRING && lua_rawlen(L, -1) <= NAME_MAX_LENGTH;
  return type != LUA_TNIL;
}

// Which name the key at an index is, or -1.
static int name_at(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TSTRING) return -1;
  const char *key = lua_tolstring(L, index, NULL);
  if (key[0] != '_' || key[1] != '_') return -1;
  const char *const *known = session_of(L)->metanames;
  for (int i = 0; i < NAME_COUNT; i++) {
    if (known[i] == key) return i;
  }
  return -1;
}

// Whether the copy on top still says what the script's metatable says.
static int is_current(lua_State *L, int metatable) {
  int copy = lua_gettop(L);
  lua_rawgeti(L, copy, 1);
  lua_Integer missing = lua_tointegerx(L, -1, NULL);
  lua_pop(L, 1);
  uint64_t seen = 0;
  lua_pushnil(L);
  while (lua_next(L, metatable)) {
    int name = name_at(L, -2);
    seen += 1;
    if (name >= 0 && is_allowed(L, name)) {
      lua_pushvalue(L, -2);
      lua_rawget(L, copy);
      int same = lua_rawequal(L, -1, -2);
      lua_pop(L, 1);
      if (!same) {
        lua_settop(L, copy);
        return 0;
      }
      missing -= 1;
    }
    lua_pop(L, 1);
  }
  charge(session_of(L), L, seen);
  return missing == 0;
}

// Pushes a copy; at 1 it has the number of its metamethods.
static void push_copy(lua_State *L, int metatable, int marked) {
  lua_createtable(L, 1, 2);
  int copy = lua_gettop(L);
  lua_Integer count = 0;
  uint64_t seen = 0;
  lua_pushnil(L);
  while (lua_next(L, metatable)) {
    int name = name_at(L, -2);
    seen += 1;
    if (name >= 0 && is_allowed(L, name)) {
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, copy);
      count += 1;
    }
    lua_pop(L, 1);
  }
  charge(session_of(L), L, seen);
  lua_pushinteger(L, count);
  lua_rawseti(L, copy, 1);
  lua_pushvalue(L, metatable);
  lua_rawsetp(L, copy, &original_key);
  if (marked) {
    lua_pushboolean(L, 1);
    lua_rawsetp(L, copy, &mark_key);
  }
}

// Pushes the private copy for the metatable; objects of a class share one.
static void push_private(lua_State *L, int metatable, int marked) {
  if (marked) {
    push_copy(L, metatable, 1);
    return;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_METATABLES);
  int cache = lua_gettop(L);
  lua_pushvalue(L, metatable);
  if (lua_rawget(L, cache) == LUA_TTABLE && is_current(L, metatable)) return;
  lua_settop(L, cache);
  push_copy(L, metatable, 0);
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
