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
