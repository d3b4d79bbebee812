// string.format and string.rep.
#include "internal.h"

#include <ctype.h>
#include <stdio.h>

// What can go to Lua's own function as a whole: up to so many values, each up to so long.
enum { WHOLE_VALUES = 32, WHOLE_LENGTH = 4096, PRECISE_MAX = 100 };

// The end of the flags, the width and the precision that start at place.
static const char *modifiers_end(const char *place, const char *end) {
  while (place < end && *place != 0 && strchr("-+ #0123456789.", *place) != NULL) place++;
  return place;
}

static int is_number(char conversion) {
  return conversion != 0 && strchr("cdiuoxXaAeEfFgG", conversion) != NULL;
}

// No precision is above 99, and Lua's own function looks for zeros in all of the string: a part
// stands in for it.
static void shorten(lua_State *L, int argument) {
  size_t length;
  const char *text = lua_tolstring(L, argument, &length);
  charge(session_of(L), L, length / 32);
  if (length <= PRECISE_MAX || memchr(text, 0, length) != NULL) return;
  lua_pushlstring(L, text, PRECISE_MAX);
  lua_replace(L, argument);
}

// Makes a value what its conversion wants: values for %s into text as our tostring does, strings
// that are numbers into numbers. %p, which would show an address, is refused.
static void settle_value(lua_State *L, int argument, char conversion, int is_precise) {
  if (conversion == 'p') luaL_error(L, "invalid conversion '%%p' to 'format'");
  if (conversion == 's' && lua_type(L, argument) != LUA_TSTRING) {
    int top = lua_gettop(L);
    push_as_text(L, argument, NULL);
    lua_replace(L, argument);
    lua_settop(L, top);
  }
  if (lua_type(L, argument) != LUA_TSTRING) return;
  if (conversion == 's' && is_precise) shorten(L, argument);
  if (is_number(conversion)) settle_numbers(L, argument, argument);
  charge_bytes(L, argument, 8);
}

static void add_quoted(lua_State *L, luaL_Buffer *buffer, int argument) {
  enum { PIECE = 4096 };
  size_t length;
  const char *text = lua_tolstring(L, argument, &length);
  luaL_addchar(buffer, '"');
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (i % PIECE == 0) charge(session_of(L), L, PIECE);
    if (c == '"' || c == '\\' || c == '\n') {
      luaL_addchar(buffer, '\\');
      luaL_addchar(buffer, (char)c);
    } else if (iscntrl(c)) {
      char code[8];
      int is_before_digit = i + 1 < length && isdigit((unsigned char)text[i + 1]);
      snprintf(code, sizeof(code), is_before_digit ? "\\%03d" : "\\%d", c);
      luaL_addstring(buffer, code);
    } else {
      luaL_addchar(buffer, (char)c);
    }
  }
  luaL_addchar(buffer, '"');
}

// Adds one value, by the conversion from start up to and with its letter at last.
static void add_value(
    lua_State *L, luaL_Buffer *buffer, const char *start, const char *last, int argument) {
  charge(session_of(L), L, 100);
  if (last - start == 1 && *last == 's') {
    lua_pushvalue(L, argument);
  } else {
    // An error is to name the argument as the script numbers it.
    if (strchr("aAeEfFgG", *last) != NULL) luaL_checknumber(L, argument);
    if (strchr("cdiuoxX", *last) != NULL) luaL_checkinteger(L, argument);
    lua_pushcfunction(L, stocked.string_format);
    lua_pushlstring(L, start, (size_t)(last - start) + 1);
    lua_pushvalue(L, argument);
    lua_call(L, 2, 1);
  }
  luaL_addvalue(buffer);
}

// The values one by one, so that the clock is looked at between them.
static int format_in_pieces(lua_State *L, const char *format, const char *end, int top) {
  luaL_Buffer buffer;
  int argument = 1;
  luaL_buffinit(L, &buffer);
  while (format < end) {
    const char *start = memchr(format, '%', (size_t)(end - format));
    luaL_addlstring(&buffer, format, (size_t)((start == NULL ? end : start) - format));
    if (start == NULL) break;
    format = start + 1;
    if (format < end && *format == '%') {
      charge(session_of(L), L, 2);
      luaL_addchar(&buffer, '%');
      format++;
      continue;
    }
    if (++argument > top) return luaL_argerror(L, argument, "no value");
    const char *last = modifiers_end(format, end);
    if (last == end || *last == 0) {
      return luaL_error(L, "invalid conversion '%%' to 'format'");
    }
    if (*last == 'q' && last == format && lua_type(L, argument) == LUA_TSTRING) {
      add_quoted(L, &buffer, argument);
    } else {
      add_value(L, &buffer, start, last, argument);
    }
    format = last + 1;
  }
  luaL_pushresult(&buffer);
  return 1;
}

int string_format(lua_State *L) {
  int top = lua_gettop(L), argument = 1;
  size_t length;
  const char *start = luaL_checklstring(L, 1, &length), *format = start, *end = start + length;
  int is_whole = top <= WHOLE_VALUES && length <= WHOLE_LENGTH;
  charge_bytes(L, 1, 4);
  while (format < end) {
    if (*format++ != '%' || format >= end) continue;
    if (*format == '%') {
      format++;
      continue;
    }
    const char *last = modifiers_end(format, end);
    argument += 1;
    if (last >= end || argument > top) break;
    settle_value(L, argument, *last, memchr(format, '.', (size_t)(last - format)) != NULL);
    if (lua_type(L, argument) == LUA_TSTRING && lua_rawlen(L, argument) > WHOLE_LENGTH) {
      is_whole = 0;
    }
    format = last + 1;
  }
  return is_whole ? stocked.string_format(L) : format_in_pieces(L, start, end, top);
}

int string_rep(lua_State *L) {
  size_t length, between;
  const char *text = luaL_checklstring(L, 1, &length);
  settle_numbers(L, 2, 2);
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
  charge(session_of(L), L, total / 32);
  memcpy(place, text, length);
  if (total > length) memcpy(place + length, separator, between);
  // What is there is copied behind itself, so that short texts cost no more than long ones.
  size_t filled = total > length ? length + between : length;
  while (filled < total) {
    size_t size = filled < total - filled ? filled : total - filled;
    memcpy(place + filled, place, size);
    filled += size;
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}
