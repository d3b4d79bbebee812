// What library functions do for arguments of any size, charged by what is touched.
#include "internal.h"

static void settle_number(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  charge(session_of(L), L, length / 2 + 1);
  size_t read = lua_stringtonumber(L, text);
  if (read == length + 1) {
    lua_replace(L, index);
  } else if (read != 0) {
    lua_pop(L, 1);
  }
}

void settle_numbers(lua_State *L, int first, int last) {
  int top = lua_gettop(L);
  for (int i = first; i <= last && i <= top; i++) {
    if (lua_type(L, i) == LUA_TSTRING) settle_number(L, i);
  }
}

// Strings by their bytes, as strcoll compares them in the only locale that the shim allows. It
// takes a step for each zero byte where memcmp takes none.
int is_less_than(lua_State *L, int left, int right) {
  if (lua_type(L, left) != LUA_TSTRING || lua_type(L, right) != LUA_TSTRING) {
    charge(session_of(L), L, 1);
    return lua_compare(L, left, right, LUA_OPLT);
  }
  size_t length, other;
  const char *a = lua_tolstring(L, left, &length), *b = lua_tolstring(L, right, &other);
  size_t shorter = length < other ? length : other;
  charge(session_of(L), L, shorter / 32 + 1);
  int order = memcmp(a, b, shorter);
  return order != 0 ? order < 0 : length < other;
}
