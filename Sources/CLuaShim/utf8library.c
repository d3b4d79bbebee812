// The utf8 library, charged by the bytes that it walks over.
#include "internal.h"

// Writes a character as Lua does, whose numbers go up to 2^31.
static size_t write_character(char *place, uint32_t code) {
  size_t length = 1;
  char bytes[8];
  if (code < 0x80) {
    *place = (char)code;
    return 1;
  }
  uint32_t first_max = 0x3F;
  do {
    bytes[8 - length++] = (char)(0x80 | (code & 0x3F));
    code >>= 6;
    first_max >>= 1;
  } while (code > first_max);
  bytes[8 - length] = (char)((~first_max << 1) | code);
  memcpy(place, bytes + 8 - length, length);
  return length;
}

static int utf8_char(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer buffer;
  settle_numbers(L, 1, count);
  luaL_buffinit(L, &buffer);
  for (int i = 1; i <= count; i++) {
    lua_Unsigned code = (lua_Unsigned)luaL_checkinteger(L, i);
    luaL_argcheck(L, code <= 0x7FFFFFFFu, i, "value out of range");
    charge(session_of(L), L, 2);
    char *place = luaL_prepbuffsize(&buffer, 8);
    luaL_addsize(&buffer, write_character(place, (uint32_t)code));
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int utf8_codepoint(lua_State *L) {
  settle_numbers(L, 2, 3);
  int count = stocked.utf8_codepoint(L);
  charge(session_of(L), L, (uint64_t)count / 4);
  return count;
}

static size_t length_at(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0;
}

// Charges for the bytes between two places, in either direction.
static void charge_walk(lua_State *L, lua_Integer from, lua_Integer to) {
  charge(session_of(L), L, (uint64_t)(from < to ? to - from : from - to) / 2 + 1);
}

static lua_Integer place_of(lua_Integer place, size_t length) {
  if (place >= 0) return place;
  return place < -(lua_Integer)length ? 0 : (lua_Integer)length + place + 1;
}

static int utf8_len(lua_State *L) {
  settle_numbers(L, 2, 3);
  size_t length = length_at(L, 1);
  lua_Integer from = place_of(luaL_optinteger(L, 2, 1), length);
  lua_Integer to = place_of(luaL_optinteger(L, 3, -1), length);
  int count = stocked.utf8_len(L);
  if (count == 2) to = lua_tointegerx(L, -1, NULL);
  charge_walk(L, from, to < from ? from : to);
  return count;
}

static int utf8_offset(lua_State *L) {
  settle_numbers(L, 2, 3);
  size_t length = length_at(L, 1);
  lua_Integer n = lua_tointegerx(L, 2, NULL);
  lua_Integer from = place_of(luaL_optinteger(L, 3, n > 0 ? 1 : (lua_Integer)length + 1), length);
  int count = stocked.utf8_offset(L);
  lua_Integer to = lua_isinteger(L, -1) ? lua_tointegerx(L, -1, NULL) : n > 0 ? (lua_Integer)length : 0;
  charge_walk(L, from, to);
  return count;
}

// One step of utf8.codes, which passes over any number of continuation bytes.
static int next_code(lua_State *L, int is_lax) {
  settle_numbers(L, 2, 2);
  lua_Integer from = lua_tointegerx(L, 2, NULL);
  lua_Integer length = (lua_Integer)length_at(L, 1);
  if (from < 0 || from > length) from = length;
  // Lua's own function looks for the next character without a limit: so does this, before it.
  const char *text = length > 0 ? lua_tolstring(L, 1, NULL) : "";
  lua_Integer next = from;
  while (next < length && (text[next] & 0xC0) == 0x80) next++;
  charge_walk(L, from, next);
  return stocked_codes[is_lax](L);
}

static int next_code_strict(lua_State *L) { return next_code(L, 0); }

static int next_code_lax(lua_State *L) { return next_code(L, 1); }

static int utf8_codes(lua_State *L) {
  int is_lax = lua_toboolean(L, 2);
  int count = stocked.utf8_codes(L);
  lua_pushcfunction(L, is_lax ? next_code_lax : next_code_strict);
  lua_replace(L, -count - 1);
  return count;
}

void open_utf8(lua_State *L, int globals) {
  static const shim_entry entries[] = {
      {"char", utf8_char}, {"codepoint", utf8_codepoint}, {"codes", utf8_codes},
      {"len", utf8_len},   {"offset", utf8_offset},
  };
  lua_createtable(L, 0, 8);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_pushlstring(L, "[\0-\x7F\xC2-\xFD][\x80-\xBF]*", 14);
  lua_setfield(L, -2, "charpattern");
  lua_setfield(L, globals, "utf8");
}
