// The functions of Lua's own library, taken once from a state that nothing else ever runs in.
#include "internal.h"

#include <lualib.h>
#include <stdlib.h>

enum { STOCK_MAX = 200 };

static struct {
  char library[16];
  char name[24];
  lua_CFunction function;
} functions[STOCK_MAX];
static int function_count;

static shim_entry base_entries[] = {
    {"assert", NULL}, {"error", NULL},  {"ipairs", NULL}, {"rawequal", NULL},
    {"rawget", NULL}, {"rawlen", NULL}, {"rawset", NULL}, {"type", NULL},
};
static shim_entry math_entries[] = {{"type", NULL}};
static shim_entry os_entries[] = {{"clock", NULL}};
static shim_entry string_entries[] = {{"len", NULL}};

#define LIST(library) {#library, library##_entries, sizeof(library##_entries) / sizeof(shim_entry)}
static const struct {
  const char *library;
  shim_entry *entries;
  size_t count;
} lists[] = {LIST(base), LIST(math), LIST(os), LIST(string)};  // as the enumeration

void set_stock(lua_State *L, int library) {
  set_functions(L, lists[library].entries, lists[library].count);
}

static lua_CFunction stock(const char *library, const char *name) {
  for (int i = 0; i < function_count; i++) {
    if (strcmp(functions[i].name, name) == 0 && strcmp(functions[i].library, library) == 0) {
      return functions[i].function;
    }
  }
  return NULL;
}

shim_stock_functions stocked;
lua_CFunction stocked_codes[2];

// Keeps the functions of the table on top that have no upvalues, and pops it.
static void keep(lua_State *L, const char *library) {
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    int top = lua_gettop(L);
    if (lua_type(L, -2) == LUA_TSTRING && lua_iscfunction(L, -1) && function_count < STOCK_MAX
        && lua_getupvalue(L, -1, 1) == NULL) {
      strncpy(functions[function_count].library, library, 15);
      strncpy(functions[function_count].name, lua_tostring(L, -2), 23);
      functions[function_count++].function = lua_tocfunction(L, -1);
    }
    lua_settop(L, top - 1);
  }
  lua_pop(L, 1);
}

static int find_all(lua_State *L) {
  static const char *const libraries[] = {"coroutine", "string", "table", "math", "utf8", "os"};
  luaL_openlibs(L);
  lua_pushglobaltable(L);
  keep(L, "base");
  for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
    lua_getglobal(L, libraries[i]);
    keep(L, libraries[i]);
  }
  // Arithmetic on strings that are numbers is done by metamethods of strings.
  lua_pushliteral(L, "");
  if (lua_getmetatable(L, -1)) keep(L, "arithmetic");
#define FIND(library, name) \
  if ((stocked.library##_##name = stock(#library, #name)) == NULL) luaL_error(L, #name);
  WRAPPED(FIND)
#undef FIND
  for (int is_lax = 0; is_lax < 2; is_lax++) {
    lua_pushcfunction(L, stocked.utf8_codes);
    lua_pushliteral(L, "");
    lua_pushboolean(L, is_lax);
    lua_call(L, 2, 1);
    if ((stocked_codes[is_lax] = lua_tocfunction(L, -1)) == NULL) luaL_error(L, "utf8.codes");
  }
  for (size_t list = 0; list < sizeof(lists) / sizeof(*lists); list++) {
    for (size_t i = 0; i < lists[list].count; i++) {
      shim_entry *entry = &lists[list].entries[i];
      entry->function = stock(lists[list].library, entry->name);
      if (entry->function == NULL) luaL_error(L, entry->name);
    }
  }
  return 0;
}

const char *open_stock(void) {
  static char missing[64];
  lua_State *L = luaL_newstate();
  if (L == NULL) return "memory";
  lua_pushcfunction(L, find_all);
  int status = lua_pcall(L, 0, 0, 0);
  if (status != LUA_OK) {
    strncpy(missing, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?", 63);
  }
  lua_close(L);
  return status == LUA_OK ? NULL : missing;
}
