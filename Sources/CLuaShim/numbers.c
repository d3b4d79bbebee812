// Numbers, time and chance: what the libraries math and os have here.
#include "internal.h"

#include <time.h>

// math.random with the generator in the session: xoshiro256**.

static uint64_t rotate_left(uint64_t x, int n) { return (x << n) | (x >> (64 - n)); }

static uint64_t next_random(shim_session *s) {
  uint64_t *r = s->random;
  uint64_t result = rotate_left(r[1] * 5, 7) * 9, shifted = r[1] << 17;
  r[2] ^= r[0];
  r[3] ^= r[1];
  r[1] ^= r[2];
  r[0] ^= r[3];
  r[2] ^= shifted;
  r[3] = rotate_left(r[3], 45);
  return result;
}

// Spreads the seed by splitmix64, so that near seeds give unlike numbers.
void seed_random(shim_session *s, uint64_t seed) {
  for (int i = 0; i < 4; i++) {
    seed += 0x9E3779B97F4A7C15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    s->random[i] = z ^ (z >> 31);
  }
}

static int math_random(lua_State *L) {
  shim_session *s = session_of(L);
  lua_Integer low = 1, high;
  uint64_t value = next_random(s);
  settle_numbers(L, 1, 2);
  switch (lua_gettop(L)) {
    case 0:
      lua_pushnumber(L, (lua_Number)(value >> 11) * 0x1.0p-53);
      return 1;
    case 1:
      high = luaL_checkinteger(L, 1);
      if (high == 0) {
        lua_pushinteger(L, (lua_Integer)value);
        return 1;
      }
      break;
    case 2:
      low = luaL_checkinteger(L, 1);
      high = luaL_checkinteger(L, 2);
      break;
    default: return luaL_error(L, "wrong number of arguments");
  }
  luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
  uint64_t range = (uint64_t)high - (uint64_t)low, mask = range;
  for (int shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
  while ((value &= mask) > range) value = next_random(s);
  lua_pushinteger(L, (lua_Integer)((uint64_t)low + value));
  return 1;
}

// Functions of Lua's own, whose arguments may be strings that are numbers.
#define CHARGED(library, name)                 \
  static int library##_##name(lua_State *L) {  \
    if (lua_gettop(L) > 0) charge_bytes(L, 1, 2); \
    if (lua_gettop(L) > 1) charge_bytes(L, 2, 2); \
    return stocked.library##_##name(L);        \
  }
#define MATH(X)                                                                                \
  X(math, abs) X(math, acos) X(math, asin) X(math, atan) X(math, ceil) X(math, cos)            \
  X(math, deg) X(math, exp) X(math, floor) X(math, fmod) X(math, log) X(math, modf)            \
  X(math, rad) X(math, sin) X(math, sqrt) X(math, tan) X(math, tointeger) X(math, ult)
MATH(CHARGED)
CHARGED(os, difftime)
#undef CHARGED

static int pick(lua_State *L, int is_largest) {
  int count = lua_gettop(L), best = 1;
  luaL_argcheck(L, count >= 1, 1, "value expected");
  for (int i = 2; i <= count; i++) {
    if (is_largest ? is_less_than(L, best, i) : is_less_than(L, i, best)) best = i;
  }
  lua_pushvalue(L, best);
  return 1;
}

static int math_max(lua_State *L) { return pick(L, 1); }

static int math_min(lua_State *L) { return pick(L, 0); }

// Conversions are done one by one, since each may take a microsecond and a format may hold millions.
static int date_in_pieces(lua_State *L, const char *format, const char *end, int is_utc) {
  luaL_Buffer buffer;
  char piece[8] = "!";
  size_t skipped = is_utc ? 0 : 1;
  luaL_buffinit(L, &buffer);
  while (format < end) {
    const char *next = memchr(format, '%', (size_t)(end - format));
    luaL_addlstring(&buffer, format, (size_t)((next == NULL ? end : next) - format));
    if (next == NULL) break;
    size_t size = next + 1 < end && (next[1] == 'E' || next[1] == 'O') ? 3 : 2;
    if (size > (size_t)(end - next)) size = (size_t)(end - next);
    memcpy(piece + 1, next, size);
    charge(session_of(L), L, 300);
    lua_pushcfunction(L, stocked.os_date);
    lua_pushlstring(L, piece + skipped, size + 1 - skipped);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    luaL_addvalue(&buffer);
    format = next + size;
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int os_date(lua_State *L) {
  enum { WHOLE_LENGTH = 256 };
  size_t length;
  const char *format = luaL_optlstring(L, 1, "%c", &length), *end = format + length;
  settle_numbers(L, 2, 2);
  charge(session_of(L), L, length / 2);
  int is_utc = length > 0 && *format == '!';
  if (length <= WHOLE_LENGTH || strncmp(format + is_utc, "*t", 2) == 0) return stocked.os_date(L);
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_pushinteger(L, (lua_Integer)time(NULL));
    lua_replace(L, 2);
  }
  luaL_checkinteger(L, 2);
  return date_in_pieces(L, format + is_utc, end, is_utc);
}

// The fields of a date are taken once, and numbers made of those that are strings.
static int os_time(lua_State *L) {
  static const char *const names[] = {"year", "month", "day", "hour", "min",
                                      "sec",  "yday",  "wday", "isdst"};
  static const char original_key;
  enum { COUNT = sizeof(names) / sizeof(*names) };
  if (lua_isnoneornil(L, 1)) return stocked.os_time(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_createtable(L, 0, COUNT + 1);
  for (int i = 0; i < COUNT; i++) {
    if (i == 6 || i == 7) continue;  // these are only written
    lua_getfield(L, 1, names[i]);
    settle_numbers(L, 3, 3);
    lua_setfield(L, 2, names[i]);
  }
  lua_insert(L, 1);
  lua_rawsetp(L, 1, &original_key);
  stocked.os_time(L);
  int result = lua_gettop(L);
  lua_rawgetp(L, 1, &original_key);
  for (int i = 0; i < COUNT; i++) {
    lua_getfield(L, 1, names[i]);
    lua_setfield(L, -2, names[i]);
  }
  lua_settop(L, result);
  return 1;
}

void open_numbers(lua_State *L, int globals) {
#define ENTRY(library, name) {#name, library##_##name},
  static const shim_entry entries[] = {
      MATH(ENTRY) {"max", math_max}, {"min", math_min}, {"random", math_random},
  };
  static const shim_entry times[] = {
      {"date", os_date}, {"difftime", os_difftime}, {"time", os_time},
  };
  lua_createtable(L, 0, 32);
  set_stock(L, STOCK_MATH);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_pushnumber(L, 3.141592653589793238462643383279502884);
  lua_setfield(L, -2, "pi");
  lua_pushnumber(L, (lua_Number)__builtin_huge_val());
  lua_setfield(L, -2, "huge");
  lua_pushinteger(L, LUA_MAXINTEGER);
  lua_setfield(L, -2, "maxinteger");
  lua_pushinteger(L, LUA_MININTEGER);
  lua_setfield(L, -2, "mininteger");
  lua_setfield(L, globals, "math");
  lua_createtable(L, 0, 4);
  set_stock(L, STOCK_OS);
  set_functions(L, times, sizeof(times) / sizeof(*times));
  lua_setfield(L, globals, "os");
}
