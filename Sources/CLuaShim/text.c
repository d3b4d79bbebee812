// Strings: what they look like, and the functions that are charged by length.
#include "internal.h"

#include <stdio.h>

// Pushes the value as tostring shows it, without the addresses of the stock function.
const char *push_as_text(lua_State *L, int index, size_t *length) {
  index = lua_absindex(L, index);
  if (luaL_callmeta(L, index, "__tostring")) {
    if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
    return lua_tolstring(L, -1, length);
  }
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
    case LUA_TSTRING:
    case LUA_TNIL:
    case LUA_TBOOLEAN:
      return luaL_tolstring(L, index, length);
    default:
      if (luaL_getmetafield(L, index, "__name") != LUA_TSTRING) {
        if (lua_gettop(L) > index && lua_isnil(L, -1)) lua_settop(L, -2);
        lua_pushstring(L, luaL_typename(L, index));
      }
      return lua_tolstring(L, -1, length);
  }
}

int base_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  push_as_text(L, 1, NULL);
  return 1;
}

int base_tonumber(lua_State *L) {
  charge_bytes(L, 1, 2);
  return stocked.base_tonumber(L);
}

int base_select(lua_State *L) {
  charge(session_of(L), L, (uint64_t)lua_gettop(L) / 8);
  return stocked.base_select(L);
}

// Functions of Lua's own, charged by the length of their first argument.
#define CHARGED(library, name, each)            \
  static int library##_##name(lua_State *L) {   \
    charge_bytes(L, 1, each);                   \
    return stocked.library##_##name(L);         \
  }
CHARGED(string, lower, 4)
CHARGED(string, upper, 4)
CHARGED(string, reverse, 4)
#undef CHARGED

// Functions of Lua's own, charged by the number of their arguments and results.
#define COUNTED(library, name)                                                 \
  static int library##_##name(lua_State *L) {                                  \
    charge(session_of(L), L, (uint64_t)lua_gettop(L) / 4);                     \
    int count = stocked.library##_##name(L);                                   \
    charge(session_of(L), L, (uint64_t)count / 4);                             \
    return count;                                                              \
  }
COUNTED(string, byte)
COUNTED(string, char)
COUNTED(utf8, char)
COUNTED(utf8, codepoint)
#undef COUNTED

// Numbers in strings, which may stand in megabytes of blanks.
#define ARITHMETIC(name)                      \
  static int arithmetic_##name(lua_State *L) { \
    charge_bytes(L, 1, 2);                    \
    charge_bytes(L, 2, 2);                    \
    return stocked.arithmetic_##name(L);      \
  }
ARITHMETIC(__add)
ARITHMETIC(__sub)
ARITHMETIC(__mul)
ARITHMETIC(__mod)
ARITHMETIC(__pow)
ARITHMETIC(__div)
ARITHMETIC(__idiv)
ARITHMETIC(__unm)
#undef ARITHMETIC

static int string_sub(lua_State *L) {
  int count = stocked.string_sub(L);
  charge_bytes(L, -1, 32);
  return count;
}

static int string_pack(lua_State *L) {
  for (int i = lua_gettop(L); i > 0; i--) charge_bytes(L, i, 32);
  return stocked.string_pack(L);
}

static int string_unpack(lua_State *L) {
  charge_bytes(L, 1, 4);
  int count = stocked.string_unpack(L);
  for (int i = 1; i <= count; i++) charge_bytes(L, -i, 32);
  return count;
}

static int utf8_len(lua_State *L) {
  int count = stocked.utf8_len(L);
  lua_Integer length = lua_tointegerx(L, -1, NULL);
  charge(session_of(L), L, length > 0 ? (uint64_t)length / 2 : 1);
  return count;
}

static int utf8_offset(lua_State *L) {
  lua_Integer n = lua_tointegerx(L, 2, NULL);
  uint64_t steps = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
  uint64_t length = lua_type(L, 1) == LUA_TSTRING ? lua_rawlen(L, 1) : 0;
  charge(session_of(L), L, (steps < length ? steps : length) / 2 + 1);
  return stocked.utf8_offset(L);
}

static void open_utf8(lua_State *L, int globals) {
  static const shim_entry entries[] = {
      {"char", utf8_char}, {"codepoint", utf8_codepoint}, {"len", utf8_len},
      {"offset", utf8_offset},
  };
  lua_createtable(L, 0, 8);
  set_stock(L, STOCK_UTF8);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_pushlstring(L, "[\0-\x7F\xC2-\xFD][\x80-\xBF]*", 14);
  lua_setfield(L, -2, "charpattern");
  lua_setfield(L, globals, "utf8");
}

// The metatable of all strings; hidden from scripts.
static void set_string_metatable(lua_State *L) {
  static const shim_entry entries[] = {
      {"__add", arithmetic___add}, {"__sub", arithmetic___sub},   {"__mul", arithmetic___mul},
      {"__mod", arithmetic___mod}, {"__pow", arithmetic___pow},   {"__div", arithmetic___div},
      {"__idiv", arithmetic___idiv}, {"__unm", arithmetic___unm},
  };
  lua_pushliteral(L, "");
  lua_createtable(L, 0, 16);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

void open_strings(lua_State *L, int globals) {
  static const shim_entry entries[] = {
      {"byte", string_byte},       {"char", string_char},   {"find", string_find},
      {"format", string_format},   {"gmatch", string_gmatch}, {"gsub", string_gsub},
      {"lower", string_lower},     {"match", string_match}, {"pack", string_pack},
      {"rep", string_rep},         {"reverse", string_reverse}, {"sub", string_sub},
      {"unpack", string_unpack},   {"upper", string_upper},
  };
  lua_createtable(L, 0, 16);
  set_stock(L, STOCK_STRING);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  set_string_metatable(L);
  lua_setfield(L, globals, "string");
  open_utf8(L, globals);
}
