// A session from its making to its end.
#include "internal.h"

#include <stdlib.h>

enum { ARENA_BASE = 1 << 20 };

shim_flag *shim_flag_new(void) {
  shim_flag *flag = malloc(sizeof(*flag));
  if (flag != NULL) atomic_init(&flag->raised, 0);
  return flag;
}

void shim_flag_raise(shim_flag *flag) {
  atomic_store_explicit(&flag->raised, 1, memory_order_relaxed);
}

int shim_flag_is_raised(const shim_flag *flag) {
  return atomic_load_explicit(&flag->raised, memory_order_relaxed);
}

void shim_flag_free(shim_flag *flag) { free(flag); }

// Where memory is gone Lua looks these up without protection. They are short strings, which are
// unique: while they live, asking for them needs no memory.
static void keep_messages(lua_State *L) {
  static const char *const messages[] = {
      "error in error handling", "C stack overflow", "cannot resume dead coroutine",
      "cannot resume non-suspended coroutine", "not enough memory", "stack overflow",
  };
  enum { COUNT = sizeof(messages) / sizeof(*messages) };
  lua_createtable(L, COUNT, 0);
  for (int i = 0; i < COUNT; i++) {
    lua_pushstring(L, messages[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_MESSAGES);
  lua_createtable(L, 0, 0);
  lua_rawseti(L, LUA_REGISTRYINDEX, SLOT_NAMES);
}

// Everything that a script can reach is put in place here or by the prelude.
static int open_sandbox(lua_State *L) {
  for (int slot = SLOT_BASE; slot <= SLOT_MESSAGES; slot++) {
    lua_pushboolean(L, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, slot);
  }
  keep_messages(L);
  lua_createtable(L, 0, 48);
  int globals = lua_gettop(L);
  lua_pushvalue(L, globals);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  open_metatables(L);
  open_opaques(L);
  open_base(L, globals);
  open_coroutines(L, globals);
  open_strings(L, globals);
  open_tables(L, globals);
  open_numbers(L, globals);
  return 0;
}

shim_session *shim_open(const shim_limits *limits, const shim_flag *flag, uint64_t seed) {
  shim_session *s = calloc(1, sizeof(*s));
  if (s == NULL) return NULL;
  s->limits = *limits;
  s->flag = flag;
  s->interval = INTERVAL;
  s->chain_last = -1;
  s->coroutines_allowed = limits->coroutines;
  shim_renew(s);
  seed_random(s, seed);
  // Slabs that are partly used count whole, so this is more than the script may use.
  s->arena.limit = limits->memory_bytes + limits->memory_bytes / 2 + ARENA_BASE;
  s->main = lua_newstate(shim_allocate, s);
  if (s->main == NULL) {
    shim_arena_release(&s->arena);
    free(s);
    return NULL;
  }
  *(shim_session **)lua_getextraspace(s->main) = s;
  lua_pushcfunction(s->main, open_sandbox);
  if (lua_pcall(s->main, 0, 0, 0) != LUA_OK) {
    shim_close(s);
    return NULL;
  }
  shim_watch(s, s->main);
  return s;
}

// No finalizers and no closers exist, and nothing of the state lies outside its arena: there is
// nothing that lua_close would do beside giving the memory back.
void shim_close(shim_session *s) {
  shim_arena_release(&s->arena);
  for (uint32_t i = 0; i < s->chunk_count; i++) free(s->chunks[i].source);
  free(s->chunks);
  free(s->input.bytes);
  free(s->output.bytes);
  free(s->posts.bytes);
  free(s->scratch.bytes);
  free(s);
}

shim_statistics shim_measure(const shim_session *s) {
  shim_statistics result = {
      s->memory, s->memory_peak, s->instructions, 
      s->processor_used + s->step_used + s->slice_used, s->largest_work,
  };
  return result;
}
