// The table library. All of its loops are charged: lengths come from `__len` and may be anything.
#include "internal.h"

#include <limits.h>

static lua_Integer length_of(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  return luaL_len(L, index);
}

static int table_insert(lua_State *L) {
  shim_session *s = session_of(L);
  lua_Integer end = (lua_Integer)((lua_Unsigned)length_of(L, 1) + 1), at = end;
  switch (lua_gettop(L)) {
    case 2: break;
    case 3:
      settle_numbers(L, 2, 2);
      at = luaL_checkinteger(L, 2);
      luaL_argcheck(
          L, (lua_Unsigned)at - 1u < (lua_Unsigned)end, 2, "position out of bounds");
      for (lua_Integer i = end; i > at; i--) {
        charge(s, L, 2);
        lua_geti(L, 1, i - 1);
        lua_seti(L, 1, i);
      }
      break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_seti(L, 1, at);
  return 0;
}

static int table_remove(lua_State *L) {
  shim_session *s = session_of(L);
  lua_Integer size = length_of(L, 1);
  settle_numbers(L, 2, 2);
  lua_Integer at = luaL_optinteger(L, 2, size);
  if (at != size) {
    luaL_argcheck(
        L, (lua_Unsigned)at - 1u <= (lua_Unsigned)size, 1, "position out of bounds");
  }
  lua_geti(L, 1, at);
  for (; at < size; at++) {
    charge(s, L, 2);
    lua_geti(L, 1, at + 1);
    lua_seti(L, 1, at);
  }
  lua_pushnil(L);
  lua_seti(L, 1, at);
  return 1;
}

static int table_move(lua_State *L) {
  shim_session *s = session_of(L);
  settle_numbers(L, 2, 4);
  lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3);
  lua_Integer to = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, target, LUA_TTABLE);
  if (end >= from) {
    luaL_argcheck(L, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
    luaL_argcheck(L, to <= LUA_MAXINTEGER - (end - from), 4, "destination wrap around");
    // Backwards where the ranges overlap so that forwards would overwrite what is yet to be read.
    int forwards =
        to > end || to <= from || (target != 1 && !lua_compare(L, 1, target, LUA_OPEQ));
    lua_Integer last = end - from;
    for (lua_Integer i = 0; i <= last; i++) {
      lua_Integer offset = forwards ? i : last - i;
      charge(s, L, 2);
      lua_geti(L, 1, from + offset);
      lua_seti(L, target, to + offset);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

static void add_element(lua_State *L, luaL_Buffer *buffer, lua_Integer i) {
  lua_geti(L, 1, i);
  if (!lua_isstring(L, -1)) {
    luaL_error(
        L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
        (LUAI_UACINT)i);
  }
  charge(session_of(L), L, 1);
  charge_bytes(L, -1, 32);
  luaL_addvalue(buffer);
}

static int table_concat(lua_State *L) {
  luaL_Buffer buffer;
  size_t length;
  lua_Integer last = length_of(L, 1);
  const char *separator = luaL_optlstring(L, 2, "", &length);
  settle_numbers(L, 3, 4);
  lua_Integer i = luaL_optinteger(L, 3, 1);
  last = luaL_optinteger(L, 4, last);
  luaL_buffinit(L, &buffer);
  for (; i < last; i++) {
    add_element(L, &buffer, i);
    luaL_addlstring(&buffer, separator, length);
    charge(session_of(L), L, length / 32);
  }
  if (i == last) add_element(L, &buffer, i);
  luaL_pushresult(&buffer);
  return 1;
}

static int table_pack(lua_State *L) {
  int count = lua_gettop(L);
  charge(session_of(L), L, (uint64_t)count);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--) lua_seti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int table_unpack(lua_State *L) {
  shim_session *s = session_of(L);
  settle_numbers(L, 2, 3);
  lua_Integer i = luaL_optinteger(L, 2, 1);
  lua_Integer end = luaL_opt(L, luaL_checkinteger, 3, luaL_len(L, 1));
  if (i > end) return 0;
  lua_Unsigned count = (lua_Unsigned)end - (lua_Unsigned)i;
  if (count >= (unsigned)INT_MAX || !lua_checkstack(L, (int)++count)) {
    return luaL_error(L, "too many results to unpack");
  }
  for (; i < end; i++) {
    charge(s, L, 1);
    lua_geti(L, 1, i);
  }
  lua_geti(L, 1, end);
  return (int)count;
}

// table.sort: a merge sort of places, over a copy of the elements in a table of its own. It is
// stable, needs n log n comparisons whatever the order function says, and leaves the table as it
// was if that function fails.

typedef struct {
  shim_session *s;
  lua_State *L;
  int copy;      // where the copy of the elements is
  int function;  // where the order function is, or 0
} sorting;

static int is_less(const sorting *sort, uint32_t a, uint32_t b) {
  lua_State *L = sort->L;
  int less;
  charge(sort->s, L, 2);
  if (sort->function != 0) lua_pushvalue(L, sort->function);
  lua_rawgeti(L, sort->copy, a);
  lua_rawgeti(L, sort->copy, b);
  if (sort->function != 0) {
    lua_call(L, 2, 1);
    less = lua_toboolean(L, -1);
    lua_settop(L, -2);
    return less;
  }
  less = is_less_than(L, -2, -1);
  lua_settop(L, -3);
  return less;
}

static void merge_sort(const sorting *sort, uint32_t *places, uint32_t *other, size_t count) {
  if (count < 2) return;
  size_t half = count / 2, left = 0, right = half;
  merge_sort(sort, places, other, half);
  merge_sort(sort, places + half, other + half, count - half);
  if (!is_less(sort, places[half], places[half - 1])) return;
  memcpy(other, places, count * sizeof(*places));
  for (size_t i = 0; i < count; i++) {
    int takes_right =
        left >= half || (right < count && is_less(sort, other[right], other[left]));
    places[i] = takes_right ? other[right++] : other[left++];
  }
}

int table_sort(lua_State *L) {
  shim_session *s = session_of(L);
  lua_Integer count = length_of(L, 1);
  if (count < 2) return 0;
  luaL_argcheck(L, count < INT_MAX / 8, 1, "array too big");
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  uint32_t *places = lua_newuserdatauv(L, (size_t)count * 2 * sizeof(*places), 0);
  lua_createtable(L, (int)count, 0);
  sorting sort = {s, L, lua_gettop(L), lua_isnil(L, 2) ? 0 : 2};
  for (lua_Integer i = 1; i <= count; i++) {
    charge(s, L, 1);
    lua_geti(L, 1, i);
    lua_rawseti(L, sort.copy, i);
    places[i - 1] = (uint32_t)i;
  }
  merge_sort(&sort, places, places + count, (size_t)count);
  for (lua_Integer i = 1; i <= count; i++) {
    charge(s, L, 1);
    lua_rawgeti(L, sort.copy, places[i - 1]);
    lua_seti(L, 1, i);
  }
  return 0;
}

void open_tables(lua_State *L, int globals) {
  static const shim_entry entries[] = {
      {"concat", table_concat}, {"insert", table_insert}, {"move", table_move},
      {"pack", table_pack},     {"remove", table_remove}, {"sort", table_sort},
      {"unpack", table_unpack},
  };
  lua_createtable(L, 0, 8);
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_setfield(L, globals, "table");
}
