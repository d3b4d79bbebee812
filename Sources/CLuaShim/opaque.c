// Values that only the host can make. One is a userdata whose bytes are its form on the tape, so
// that it crosses by being copied, and has nothing in Lua that could be changed.
#include "internal.h"

void push_null(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_NULL); }

int is_null(lua_State *L, int index) {
  const void *block = lua_touserdata(L, index);
  return block != NULL && block == session_of(L)->null;
}

typedef struct {
  const char *bytes;
  size_t count;
} text;

typedef struct {
  text kind, payload, display;
  shim_reader fields;
  uint32_t field_count;
} opaque;

static text next_text(shim_reader *reader) {
  text result;
  result.bytes = read_text(reader, &result.count);
  return result;
}

static int are_equal(text a, text b) {
  return a.count == b.count && memcmp(a.bytes, b.bytes, a.count) == 0;
}

static opaque read_opaque(lua_State *L, int index) {
  opaque result;
  const uint8_t *bytes = lua_touserdata(L, index);
  shim_reader reader = {L, bytes, bytes + lua_rawlen(L, index), 0};
  result.kind = next_text(&reader);
  result.payload = next_text(&reader);
  result.display = next_text(&reader);
  result.field_count = read_count(&reader);
  result.fields = reader;
  return result;
}

static void check_whole(shim_reader reader);

// Steps over a value.
static void skip_value(shim_reader *reader) {
  size_t length;
  uint64_t count;
  const char *inner;
  switch (read_byte(reader)) {
    case SHIM_TAG_NIL:
    case SHIM_TAG_FALSE:
    case SHIM_TAG_TRUE:
    case SHIM_TAG_NULL: break;
    case SHIM_TAG_INTEGER:
    case SHIM_TAG_NUMBER: read_bytes(reader, 8); break;
    case SHIM_TAG_STRING: read_text(reader, &length); break;
    case SHIM_TAG_OPAQUE:
      inner = read_text(reader, &length);
      check_whole((shim_reader){reader->L, (const uint8_t *)inner, (const uint8_t *)inner + length,
                                reader->depth});
      break;
    case SHIM_TAG_PROGRAM:
      read_text(reader, &length);
      read_text(reader, &length);
      break;
    case SHIM_TAG_TABLE:
      if (++reader->depth > READ_DEPTH_MAX) shim_broken_tape(reader->L);
      count = read_count(reader);
      count += 2 * (uint64_t)read_count(reader);
      read_byte(reader);
      while (count-- > 0) skip_value(reader);
      reader->depth--;
      break;
    default: shim_broken_tape(reader->L);
  }
}

// What is kept is read again without protection: it must be whole.
static void check_whole(shim_reader reader) {
  if (++reader.depth > READ_DEPTH_MAX) shim_broken_tape(reader.L);
  for (int i = 0; i < 3; i++) next_text(&reader);
  uint32_t count = read_count(&reader);
  while (count-- > 0) {
    next_text(&reader);
    skip_value(&reader);
  }
  if (reader.next != reader.end) shim_broken_tape(reader.L);
}

static int opaque_index(lua_State *L) {
  size_t length;
  if (lua_type(L, 1) != LUA_TUSERDATA || lua_type(L, 2) != LUA_TSTRING) return 0;
  const char *key = lua_tolstring(L, 2, &length);
  opaque value = read_opaque(L, 1);
  text wanted = {key, length};
  for (uint32_t i = 0; i < value.field_count; i++) {
    if (are_equal(next_text(&value.fields), wanted)) {
      push_value(&value.fields);
      return 1;
    }
    skip_value(&value.fields);
  }
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  // A kind may have something to say about names that it does not have.
  lua_pushliteral(L, "__index");
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TFUNCTION) return 0;
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

static int opaque_newindex(lua_State *L) {
  text kind = read_opaque(L, 1).kind;
  shim_fail(
      L, "a value of the kind '%s' cannot be changed",
      lua_pushlstring(L, kind.bytes, kind.count));
}

// Lua calls it with any two userdata of which one is of the host's; json.null is none.
static int opaque_eq(lua_State *L) {
  if (is_null(L, 1) || is_null(L, 2)) {
    lua_pushboolean(L, 0);
    return 1;
  }
  opaque a = read_opaque(L, 1), b = read_opaque(L, 2);
  lua_pushboolean(L, are_equal(a.kind, b.kind) && are_equal(a.payload, b.payload));
  return 1;
}

static int opaque_tostring(lua_State *L) {
  text display = read_opaque(L, 1).display;
  lua_pushlstring(L, display.bytes, display.count);
  return 1;
}

// This metamethod never returns, so it is safe where one of a script's would not be: Lua 5.4.4 uses
// a stale pointer after a concatenation metamethod has made the stack grow.
static int opaque_concat(lua_State *L) {
  int index = lua_type(L, 1) == LUA_TUSERDATA ? 1 : 2;
  if (is_null(L, index)) shim_fail(L, "attempt to concatenate null (use tostring)");
  text kind = read_opaque(L, index).kind;
  shim_fail(
      L, "attempt to concatenate a value of the kind '%s' (use tostring)",
      lua_pushlstring(L, kind.bytes, kind.count));
}

static int null_tostring(lua_State *L) {
  lua_pushliteral(L, "null");
  return 1;
}

// Leaves a new metatable for the kind on the stack, whose name is on top; takes the name.
static void make_metatable(lua_State *L) {
  lua_createtable(L, 0, 8);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_METHODS);
  lua_pushvalue(L, -3);
  if (lua_rawget(L, -2) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 0);
  }
  lua_remove(L, -2);
  lua_pushcclosure(L, opaque_index, 1);
  lua_setfield(L, -2, "__index");
  static const shim_entry entries[] = {
      {"__newindex", opaque_newindex},
      {"__eq", opaque_eq},
      {"__tostring", opaque_tostring},
      {"__concat", opaque_concat},
  };
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_KINDS);
  lua_pushvalue(L, -3);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  lua_remove(L, -2);
}

void push_opaque(shim_reader *reader) {
  lua_State *L = reader->L;
  size_t count, length;
  const char *bytes = read_text(reader, &count);
  shim_reader inner = {L, (const uint8_t *)bytes, (const uint8_t *)bytes + count, reader->depth};
  check_whole(inner);
  const char *kind = read_text(&inner, &length);
  luaL_checkstack(L, 8, "the host's value is nested too deep");
  memcpy(lua_newuserdatauv(L, count, 0), bytes, count);
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_KINDS);
  lua_pushlstring(L, kind, length);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TNIL) {
    lua_pop(L, 1);
    make_metatable(L);
  } else {
    lua_remove(L, -2);
  }
  lua_setmetatable(L, -3);
  lua_pop(L, 1);
}

// host.methods(kind, table)
int host_methods(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_KINDS);
  lua_pushvalue(L, 1);
  if (lua_rawget(L, -2) != LUA_TNIL) return luaL_error(L, "values of the kind exist already");
  lua_rawgeti(L, LUA_REGISTRYINDEX, SLOT_METHODS);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_rawset(L, -3);
  return 0;
}

// host.kind(value)
int host_kind(lua_State *L) {
  if (lua_type(L, 1) != LUA_TUSERDATA || is_null(L, 1)) return 0;
  text kind = read_opaque(L, 1).kind;
  lua_pushlstring(L, kind.bytes, kind.count);
  return 1;
}

void open_opaques(lua_State *L) {
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_KINDS);
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_METHODS);
  static const shim_entry entries[] = {
      {"__tostring", null_tostring},
      {"__concat", opaque_concat},
  };
  // A full userdata, so that messages call it by its name.
  session_of(L)->null = lua_newuserdatauv(L, 1, 0);
  lua_pushvalue(L, -1);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_NULL);
  lua_createtable(L, 0, 4);
  lua_pushliteral(L, "null");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  set_functions(L, entries, sizeof(entries) / sizeof(*entries));
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}
