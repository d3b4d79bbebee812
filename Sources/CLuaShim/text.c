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
  settle_numbers(L, 2, 2);
  return stocked.base_tonumber(L);
}

int base_select(lua_State *L) {
  charge(session_of(L), L, (uint64_t)lua_gettop(L) / 8);
  settle_numbers(L, 1, 1);
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

static int string_byte(lua_State *L) {
  settle_numbers(L, 2, 3);
  int count = stocked.string_byte(L);
  charge(session_of(L), L, (uint64_t)count / 4);
  return count;
}

static int string_char(lua_State *L) {
  charge(session_of(L), L, (uint64_t)lua_gettop(L) / 4);
  settle_numbers(L, 1, lua_gettop(L));
  return stocked.string_char(L);
}

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
  settle_numbers(L, 2, 3);
  int count = stocked.string_sub(L);
  charge_bytes(L, -1, 32);
  return count;
}

// A format is read in one go, so its length is bounded. None is longer than a few lines.
static const char *check_format(lua_State *L, const char **end) {
  enum { FORMAT_MAX = 1 << 20 };
  size_t length;
  const char *format = luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, length <= FORMAT_MAX, 1, "format is too long");
  charge(session_of(L), L, length * 4);
  *end = format + length;
  return format;
}

static int string_packsize(lua_State *L) {
  const char *end;
  check_format(L, &end);
  return stocked.string_packsize(L);
}

static int string_pack(lua_State *L) {
  const char *end, *option = check_format(L, &end);
  int argument = 1;
  for (; option < end; option++) {
    if (*option == 'X') {
      option++;  // what follows says how to align, and takes no value
    } else if (*option != 0 && strchr("bBhHiIlLjJTfdn", *option) != NULL) {
      argument += 1;
      settle_numbers(L, argument, argument);
    } else if (*option == 's' || *option == 'z' || *option == 'c') {
      argument += 1;
      if (argument <= lua_gettop(L)) charge_bytes(L, argument, 32);
    }
  }
  return stocked.string_pack(L);
}

static int string_unpack(lua_State *L) {
  const char *end;
  check_format(L, &end);
  settle_numbers(L, 3, 3);
  int count = stocked.string_unpack(L);
  for (int i = 1; i <= count; i++) charge_bytes(L, -i, 32);
  return count;
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
      {"lower", string_lower},     {"match", string_match}, {"pack", string_pack},   {"packsize", string_packsize},
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
