// Text to bytecode, in a state of its own that ends with the compilation.
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { COMPILE_MEMORY = 64 << 20, MESSAGE_MAX = 500 };

typedef struct {
  const char *source;
  size_t length;
  const char *chunkname;
  shim_buffer code;
} job;

static void *allocate(void *context, void *block, size_t old, size_t size) {
  size_t *used = context;
  if (block == NULL) old = 0;
  if (size == 0) {
    *used -= old;
    free(block);
    return NULL;
  }
  if (size > old && *used + (size - old) > COMPILE_MEMORY) return NULL;
  void *fresh = realloc(block, size);
  if (fresh == NULL) return size > old ? NULL : block;
  *used += size;
  *used -= old;
  return fresh;
}

static int write_code(lua_State *L, const void *bytes, size_t count, void *context) {
  (void)L;
  shim_buffer *code = context;
  uint8_t *place = buffer_room(code, count);
  if (place == NULL) return 1;
  memcpy(place, bytes, count);
  return 0;
}

static int compile(lua_State *L) {
  job *work = lua_touserdata(L, 1);
  // Text only: bytecode from outside could do anything.
  if (luaL_loadbufferx(L, work->source, work->length, work->chunkname, "t") != LUA_OK) {
    return lua_error(L);
  }
  if (lua_dump(L, write_code, &work->code, 0) != 0) return luaL_error(L, "not enough memory");
  return 0;
}

// Splits `chunk:line: message`.
static char *split_message(const char *text, int *line) {
  const char *at = text;
  *line = 0;
  while ((at = strchr(at, ':')) != NULL) {
    char *end;
    long number = strtol(at + 1, &end, 10);
    if (end > at + 1 && end[0] == ':' && end[1] == ' ') {
      *line = (int)number;
      text = end + 2;
      break;
    }
    at += 1;
  }
  char *message = strndup(text, MESSAGE_MAX);
  if (message == NULL) return NULL;
  // The source is in the message, where it went wrong.
  for (char *c = message; *c != 0; c++) {
    if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = ' ';
  }
  return message;
}

// Steps over a byte order mark and the line that names an interpreter, as lua does with files.
static void skip_preamble(const char **source, size_t *length) {
  if (*length >= 3 && memcmp(*source, "\xEF\xBB\xBF", 3) == 0) {
    *source += 3;
    *length -= 3;
  }
  if (*length == 0 || **source != '#') return;
  while (*length > 0 && **source != '\n') {
    *source += 1;
    *length -= 1;
  }
}

int shim_compile(
    const char *source, size_t length, const char *chunkname, uint8_t **code, size_t *count,
    char **message, int *line) {
  size_t used = 0;
  *code = NULL;
  *message = NULL;
  skip_preamble(&source, &length);
  const char *refusal = shim_prescan(source, length, line);
  if (refusal != NULL) {
    *message = strdup(refusal);
    return SHIM_REFUSED;
  }
  lua_State *L = lua_newstate(allocate, &used);
  if (L == NULL) return SHIM_EXHAUSTED;
  job work = {source, length, chunkname, {NULL, 0, 0}};
  lua_pushcfunction(L, compile);
  lua_pushlightuserdata(L, &work);
  int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) {
    *code = work.code.bytes;
    *count = work.code.count;
  } else {
    free(work.code.bytes);
    *message = split_message(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "", line);
  }
  lua_close(L);
  return status == LUA_OK ? SHIM_COMPILED : status == LUA_ERRMEM ? SHIM_EXHAUSTED : SHIM_SYNTAX;
}
