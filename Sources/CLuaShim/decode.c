// A tape to Lua values. All of this may raise; it runs in protected calls and coroutines only.
#include "internal.h"

void shim_broken_tape(lua_State *L) { shim_fail(L, "the host's value cannot be read"); }

static void push_text(shim_reader *reader) {
  size_t length;
  const char *text = read_text(reader, &length);
  charge(session_of(reader->L), reader->L, length / 32);
  lua_pushlstring(reader->L, text, length);
}

static void push_table(shim_reader *reader) {
  lua_State *L = reader->L;
  uint32_t array_count = read_count(reader), field_count = read_count(reader);
  int marked = read_byte(reader);
  // Each value takes a byte at least: a count cannot make a table larger than the tape.
  size_t rest = (size_t)(reader->end - reader->next);
  if (array_count > rest || field_count > rest) shim_broken_tape(L);
  if (++reader->depth > READ_DEPTH_MAX) shim_broken_tape(L);
  luaL_checkstack(L, 6, "the host's value is nested too deep");
  lua_createtable(L, (int)array_count, (int)field_count);
  charge(session_of(L), L, ((uint64_t)array_count + 2 * (uint64_t)field_count) * 4);
  for (uint32_t i = 1; i <= array_count; i++) {
    push_value(reader);
    lua_rawseti(L, -2, i);
  }
  for (uint32_t i = 0; i < field_count; i++) {
    push_value(reader);
    push_value(reader);
    lua_rawset(L, -3);
  }
  if (marked) mark_array(L, lua_gettop(L));
  reader->depth--;
}

typedef struct {
  const char *bytes;
  size_t count;
} code_block;

static const char *read_code(lua_State *L, void *context, size_t *count) {
  (void)L;
  code_block *block = context;
  const char *bytes = block->bytes;
  *count = block->count;
  block->bytes = NULL;
  block->count = 0;
  return bytes;
}

static void push_program(shim_reader *reader) {
  lua_State *L = reader->L;
  size_t length;
  code_block block;
  lua_Debug info;
  read_text(reader, &length);
  block.bytes = read_text(reader, &block.count);
  // The host's own dump, which no one outside can have made.
  if (lua_load(L, read_code, &block, "=code", "b") != LUA_OK) lua_error(L);
  lua_pushvalue(L, -1);
  lua_getinfo(L, ">S", &info);
  if (!shim_add_chunk(session_of(L), info.source, info.short_src)) {
    luaL_error(L, "not enough memory");
  }
}

void push_value(shim_reader *reader) {
  lua_State *L = reader->L;
  lua_Integer integer;
  lua_Number number;
  switch (read_byte(reader)) {
    case SHIM_TAG_NIL: lua_pushnil(L); break;
    case SHIM_TAG_FALSE: lua_pushboolean(L, 0); break;
    case SHIM_TAG_TRUE: lua_pushboolean(L, 1); break;
    case SHIM_TAG_INTEGER:
      memcpy(&integer, read_bytes(reader, 8), 8);
      lua_pushinteger(L, integer);
      break;
    case SHIM_TAG_NUMBER:
      memcpy(&number, read_bytes(reader, 8), 8);
      lua_pushnumber(L, number);
      break;
    case SHIM_TAG_STRING: push_text(reader); break;
    case SHIM_TAG_NULL: push_null(L); break;
    case SHIM_TAG_TABLE: push_table(reader); break;
    case SHIM_TAG_OPAQUE: push_opaque(reader); break;
    case SHIM_TAG_PROGRAM: push_program(reader); break;
    default: shim_broken_tape(L);
  }
}
