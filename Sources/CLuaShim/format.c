// string.format and string.rep.
#include "internal.h"

// Makes the values for %s into text as our tostring does, refuses %p, which would show an address,
// and leaves the rest to Lua's own.
int string_format(lua_State *L) {
  int top = lua_gettop(L), argument = 1;
  size_t length;
  const char *format = luaL_checklstring(L, 1, &length);
  const char *end = format + length;
  charge_bytes(L, 1, 4);
  while (format < end) {
    if (*format++ != '%' || format >= end) continue;
    if (*format == '%') {
      format++;
      continue;
    }
    while (format < end && *format != 0 && strchr("-+ #0123456789.", *format) != NULL) format++;
    argument += 1;
    if (format >= end || argument > top) break;
    if (*format == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
    if (*format == 's' && lua_type(L, argument) != LUA_TSTRING) {
      push_as_text(L, argument, NULL);
      lua_replace(L, argument);
      lua_settop(L, top);
    }
    charge_bytes(L, argument, 8);
    format++;
  }
  return stocked.string_format(L);
}

int string_rep(lua_State *L) {
  size_t length, between;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &between);
  if (count <= 0 || length + between == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  if (length + between > PTRDIFF_MAX / (size_t)count) {
    return luaL_error(L, "resulting string too large");
  }
  size_t total = (size_t)count * length + (size_t)(count - 1) * between;
  luaL_Buffer buffer;
  char *place = luaL_buffinitsize(L, &buffer, total);
  // A copy of a few bytes costs as much as one of many.
  uint64_t cost = (uint64_t)count / 2 + total / 32;
  charge(session_of(L), L, cost);
  while (count-- > 0) {
    memcpy(place, text, length);
    place += length;
    if (count > 0 && between > 0) {
      memcpy(place, separator, between);
      place += between;
    }
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}
