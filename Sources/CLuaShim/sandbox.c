// What a script finds in its globals, apart from what the prelude adds. Nothing is there that is
// not named in these files.
#include "internal.h"

void set_functions(lua_State *L, const shim_entry *entries, size_t count) {
  for (size_t i = 0; i < count; i++) {
    lua_pushcfunction(L, entries[i].function);
    lua_setfield(L, -2, entries[i].name);
  }
}

void open_base(lua_State *L, int globals) {
  static const shim_entry entries[] = {
      {"getmetatable", base_getmetatable}, {"next", base_next},
      {"pairs", base_pairs},               {"pcall", base_pcall},
      {"select", base_select},             {"setmetatable", base_setmetatable},
      {"tonumber", base_tonumber},         {"tostring", base_tostring},
      {"xpcall", base_xpcall},
  };
  lua_pushvalue(L, globals);
  set_stock(L, STOCK_BASE);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_pushvalue(L, globals);
  lua_setfield(L, -2, "_G");
  lua_pushliteral(L, LUA_VERSION);
  lua_setfield(L, -2, "_VERSION");
  lua_pop(L, 1);
}

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

// The format of os.date is checked by Lua; its length is what it costs.
static int os_date(lua_State *L) {
  charge_bytes(L, 1, 4);
  return stocked.os_date(L);
}

void open_numbers(lua_State *L, int globals) {
  lua_createtable(L, 0, 32);
  set_stock(L, STOCK_MATH);
  lua_pushcfunction(L, math_random);
  lua_setfield(L, -2, "random");
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
  lua_pushcfunction(L, os_date);
  lua_setfield(L, -2, "date");
  lua_setfield(L, globals, "os");
}
