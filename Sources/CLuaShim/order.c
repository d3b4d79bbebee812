// pairs and next in an order that does not differ from run to run: numbers ascending, strings by
// bytes, false, true, all else as it comes.
#include "internal.h"

typedef struct {
  int rank;
  int is_integer;
  union {
    lua_Integer integer;
    lua_Number number;
    const char *text;
  } value;
  size_t count;  // of the text; for other keys, how many came before
} key;

enum { NEXT_COST = 30, FEW = 32 };

static key key_at(lua_State *L, int index) {
  key result = {4, 0, {0}, 0};
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      result.rank = 0;
      result.is_integer = lua_isinteger(L, index);
      if (result.is_integer) {
        result.value.integer = lua_tointegerx(L, index, NULL);
      } else {
        result.value.number = lua_tonumberx(L, index, NULL);
      }
      break;
    case LUA_TSTRING:
      result.rank = 1;
      result.value.text = lua_tolstring(L, index, &result.count);
      break;
    case LUA_TBOOLEAN: result.rank = lua_toboolean(L, index) ? 3 : 2; break;
    default: break;
  }
  return result;
}

static int compare_numbers(const key *a, const key *b) {
  if (a->is_integer && b->is_integer) {
    return (a->value.integer > b->value.integer) - (a->value.integer < b->value.integer);
  }
  // 64 bits of mantissa and more hold integers and doubles alike.
  long double left = a->is_integer ? (long double)a->value.integer : (long double)a->value.number;
  long double right = b->is_integer ? (long double)b->value.integer : (long double)b->value.number;
  return (left > right) - (left < right);
}

static int compare(const key *a, const key *b) {
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  if (a->rank == 0) return compare_numbers(a, b);
  if (a->rank == 1) {
    size_t shorter = a->count < b->count ? a->count : b->count;
    int order = memcmp(a->value.text, b->value.text, shorter);
    return order != 0 ? order : (a->count > b->count) - (a->count < b->count);
  }
  return a->rank == 4 ? (a->count > b->count) - (a->count < b->count) : 0;
}

typedef struct {
  key key;
  lua_Integer at;  // where the key is in the table of keys
} entry;

// A merge sort; other is as large as entries.
static void sort_entries(
    shim_session *s, lua_State *L, entry *entries, entry *other, size_t count) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < count; i++) bytes += entries[i].key.rank == 1 ? entries[i].key.count : 0;
  charge(s, L, count + bytes / 32);
  if (count < 12) {
    for (size_t i = 1; i < count; i++) {
      entry moving = entries[i];
      size_t j = i;
      for (; j > 0 && compare(&moving.key, &entries[j - 1].key) < 0; j--) {
        entries[j] = entries[j - 1];
      }
      entries[j] = moving;
    }
    return;
  }
  size_t half = count / 2, left = 0, right = half;
  sort_entries(s, L, entries, other, half);
  sort_entries(s, L, entries + half, other + half, count - half);
  memcpy(other, entries, count * sizeof(entry));
  for (size_t i = 0; i < count; i++) {
    int takes_right =
        left >= half || (right < count && compare(&other[right].key, &other[left].key) < 0);
    entries[i] = takes_right ? other[right++] : other[left++];
  }
}

// pairs of a table whose keys are 1 to n: upvalue 1 is n.
static int next_of_array(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer i = lua_tointegerx(L, 2, NULL);
  lua_Integer count = lua_tointegerx(L, lua_upvalueindex(1), NULL);
  lua_settop(L, 1);
  while (i < count) {
    lua_pushinteger(L, ++i);
    if (lua_rawgeti(L, 1, i) != LUA_TNIL) return 2;
    lua_settop(L, 1);
    charge(session_of(L), L, 1);
  }
  return 0;
}

// pairs of any other table. Upvalues: the keys, how many were visited.
static int next_of_keys(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer i = lua_tointegerx(L, lua_upvalueindex(2), NULL);
  lua_settop(L, 1);
  for (;;) {
    i += 1;
    if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL) return 0;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) break;
    lua_settop(L, 1);
    charge(session_of(L), L, 1);
  }
  lua_pushinteger(L, i);
  lua_replace(L, lua_upvalueindex(2));
  return 2;
}

// pairs of a table of few keys. Upvalues: how many were visited, the keys.
static int next_of_few(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int i = (int)lua_tointegerx(L, lua_upvalueindex(1), NULL);
  lua_settop(L, 1);
  for (;;) {
    i += 1;
    if (lua_type(L, lua_upvalueindex(i + 1)) == LUA_TNONE) return 0;
    lua_pushvalue(L, lua_upvalueindex(i + 1));
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) break;
    lua_settop(L, 1);
  }
  lua_pushinteger(L, i);
  lua_replace(L, lua_upvalueindex(1));
  return 2;
}

typedef struct {
  lua_Integer count;
  lua_Integer largest;
  int is_array;       // all keys so far are positive integers
  entry few[FEW];     // the first keys; they are on the stack, at the places told
} keys_seen;

// Looks at all keys of the table at 1; the first of them stay on the stack.
static void look_at_keys(lua_State *L, keys_seen *seen) {
  shim_session *s = session_of(L);
  seen->count = seen->largest = 0;
  seen->is_array = 1;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    if (seen->is_array && lua_isinteger(L, -1)) {
      lua_Integer i = lua_tointegerx(L, -1, NULL);
      if (i < 1) seen->is_array = 0;
      if (i > seen->largest) seen->largest = i;
    } else {
      seen->is_array = 0;
    }
    if (seen->count < FEW) {
      entry *next = &seen->few[seen->count];
      next->key = key_at(L, -1);
      if (next->key.rank == 4) next->key.count = (size_t)seen->count;
      lua_pushvalue(L, -1);
      next->at = lua_gettop(L) - 1;
    }
    seen->count += 1;
    charge(s, L, 1);
  }
  seen->is_array = seen->is_array && seen->largest == seen->count;
}

// Pushes the keys of the table at 1 as a table, in order.
static void push_keys(shim_session *s, lua_State *L, lua_Integer count) {
  entry *entries = lua_newuserdatauv(L, (size_t)count * 2 * sizeof(entry) + 1, 0);
  lua_createtable(L, (int)count, 0);
  lua_createtable(L, (int)count, 0);
  int keys = lua_gettop(L), found = keys - 1;
  lua_Integer i = 0;
  lua_pushnil(L);
  while (lua_next(L, 1) && i < count) {
    lua_pop(L, 1);
    entries[i].key = key_at(L, -1);
    if (entries[i].key.rank == 4) entries[i].key.count = (size_t)i;
    entries[i].at = i + 1;
    charge(s, L, 2);
    lua_pushvalue(L, -1);
    lua_rawseti(L, found, ++i);
  }
  lua_settop(L, keys);
  sort_entries(s, L, entries, entries + count, (size_t)i);
  for (lua_Integer j = 0; j < i; j++) {
    lua_rawgeti(L, found, entries[j].at);
    lua_rawseti(L, keys, j + 1);
  }
}

static void push_iterator(shim_session *s, lua_State *L, keys_seen *seen) {
  if (seen->is_array) {
    lua_pushinteger(L, seen->count);
    lua_pushcclosure(L, next_of_array, 1);
  } else if (seen->count <= FEW) {
    entry other[FEW];
    sort_entries(s, L, seen->few, other, (size_t)seen->count);
    lua_pushinteger(L, 0);
    for (lua_Integer i = 0; i < seen->count; i++) lua_pushvalue(L, (int)seen->few[i].at);
    lua_pushcclosure(L, next_of_few, (int)seen->count + 1);
  } else {
    lua_settop(L, 1);
    push_keys(s, L, seen->count);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_of_keys, 2);
  }
}

static int pairs_returned(lua_State *L, int status, lua_KContext context) {
  (void)L;
  (void)status;
  (void)context;
  return 3;
}

int base_pairs(lua_State *L) {
  shim_session *s = session_of(L);
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, pairs_returned);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  luaL_checkstack(L, 2 * FEW + 8, NULL);
  keys_seen seen;
  look_at_keys(L, &seen);
  charge(s, L, NEXT_COST);
  push_iterator(s, L, &seen);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

// Puts in place 3 the first key without an order that comes after the one at 2.
static int find_other(lua_State *L) {
  shim_session *s = session_of(L);
  int is_past = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    charge(s, L, 1);
    if (is_past && key_at(L, -1).rank == 4) {
      lua_replace(L, 3);
      return 1;
    }
    if (lua_rawequal(L, -1, 2)) is_past = 1;
  }
  return 0;
}

// Puts in place 3 the smallest key that is larger than the one at 2, if there is one there.
static int find_larger(lua_State *L) {
  shim_session *s = session_of(L);
  int is_first = lua_isnil(L, 2), is_found = 0;
  key after = key_at(L, 2), best = {0};
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    key found = key_at(L, -1);
    charge(s, L, 1 + (found.rank == 1 ? found.count / 64 : 0));
    if (!is_first && compare(&found, &after) <= 0) continue;
    if (is_found && compare(&found, &best) >= 0) continue;
    best = found;
    is_found = 1;
    lua_pushvalue(L, -1);
    lua_replace(L, 3);
  }
  return is_found;
}

// All keys are looked at each time.
int base_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  // A key that the table never had is an error, in Lua's own words.
  if (!lua_isnil(L, 2)) {
    lua_pushvalue(L, 2);
    lua_next(L, 1);
  }
  lua_settop(L, 2);
  lua_settop(L, 3);
  charge(session_of(L), L, NEXT_COST);
  int is_other = !lua_isnil(L, 2) && key_at(L, 2).rank == 4;
  int is_found = is_other ? find_other(L) : find_larger(L);
  if (!is_found) {
    lua_pushnil(L);
    return 1;
  }
  lua_settop(L, 3);
  lua_pushvalue(L, 3);
  lua_rawget(L, 1);
  return 2;
}
