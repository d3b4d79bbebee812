// What a plain C host of Lua takes for the things that LuaRequests measures: no sandbox, no limits,
// no copies beyond what the host keeps of a request.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REQUESTS = 300000, STATES = 3000, ROUNDS = 7 };

// Processor time: other work on the machine is not to count.
static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int answered(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  return lua_gettop(L);
}

static int request(lua_State *L) { return lua_yieldk(L, lua_gettop(L), 0, answered); }

typedef struct {
  char *name;
  char *texts[8];
  size_t lengths[8];
  long long integer;
  char file[LUA_IDSIZE];
  int line;
} kept;

static char *copy(const char *text, size_t length) {
  char *result = malloc(length + 1);
  memcpy(result, text, length + 1);
  return result;
}

// A host keeps what it was asked, and the line for its records.
static void keep(lua_State *co, kept *out) {
  size_t length;
  lua_Debug frame;
  const char *name = lua_tolstring(co, 1, &length);
  out->name = copy(name, length);
  for (int level = 0; lua_getstack(co, level, &frame); level++) {
    lua_getinfo(co, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    memcpy(out->file, frame.short_src, LUA_IDSIZE);
    out->line = frame.currentline;
    break;
  }
}

static void keep_table(lua_State *co, kept *out) {
  static const char *const names[] = {"type", "apiKey", "region", "id", "channelName"};
  for (int i = 0; i < 5; i++) {
    lua_getfield(co, 2, names[i]);
    const char *text = lua_tolstring(co, -1, &out->lengths[i]);
    out->texts[i] = text != NULL ? copy(text, out->lengths[i]) : NULL;
    lua_pop(co, 1);
  }
  lua_getfield(co, 2, "links");
  for (int i = 1; i <= 2; i++) {
    lua_geti(co, -1, i);
    const char *text = lua_tolstring(co, -1, &out->lengths[4 + i]);
    out->texts[4 + i] = copy(text, out->lengths[4 + i]);
    lua_pop(co, 1);
  }
  lua_pop(co, 1);
}

static double run(const char *source, int is_table) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "ask", request);
  lua_State *co = lua_newthread(L);
  if (luaL_loadbuffer(co, source, strlen(source), "@bench.lua") != LUA_OK) abort();
  int count = 0, arguments = 0;
  double start = now();
  while (lua_resume(co, L, arguments, &count) == LUA_YIELD) {
    kept out = {0};
    keep(co, &out);
    if (is_table) {
      keep_table(co, &out);
      for (int i = 0; i < 7; i++) free(out.texts[i]);
    } else {
      out.integer = lua_tointeger(co, 2);
    }
    free(out.name);
    lua_pop(co, count);
    lua_pushinteger(co, out.integer);
    arguments = 1;
  }
  double time = (now() - start) / REQUESTS;
  lua_close(L);
  return time;
}

static double open_states(void) {
  double start = now();
  for (int i = 0; i < STATES; i++) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    lua_close(L);
  }
  return (now() - start) / STATES;
}

int main(void) {
  double plain = 1e18, table = 1e18, state = 1e18;
  for (int i = 0; i < ROUNDS; i++) {
    double time = run("for i = 1, 300000 do ask('get', i) end", 0);
    if (time < plain) plain = time;
    time = run(
        "local t = {type = 'DATADOG', apiKey = '****9abc', region = 'US', id = "
        "'5f1b2c3d4e5f6a7b8c9d0e1f', channelName = 'alerts', links = {'self', 'parent'}} "
        "for i = 1, 300000 do ask('put', t) end", 1);
    if (time < table) table = time;
    time = open_states();
    if (time < state) state = time;
  }
  printf("request with an integer   %8.1f ns\n", plain);
  printf("request with a table      %8.1f ns\n", table);
  printf("state with openlibs       %8.1f ns\n", state);
  return 0;
}
