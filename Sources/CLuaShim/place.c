// Where scripts are: positions of frames, and errors that carry them.
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// All functions come from chunks that were added here. So an address that was noted is that of a
// living source, or is noted anew before a function of another chunk can have it.
int shim_add_chunk(shim_session *s, const char *source, const char *shown) {
  for (uint32_t i = 0; i < s->chunk_count; i++) {
    if (s->chunks[i].last == source) s->chunks[i].last = NULL;
  }
  for (uint32_t i = 0; i < s->chunk_count; i++) {
    if (strcmp(s->chunks[i].source, source) != 0) continue;
    s->chunks[i].last = source;
    return 1;
  }
  shim_chunk *chunks = realloc(s->chunks, (s->chunk_count + 1) * sizeof(*chunks));
  if (chunks == NULL) return 0;
  s->chunks = chunks;
  char *copy = strdup(source);
  if (copy == NULL) return 0;
  chunks[s->chunk_count].source = copy;
  chunks[s->chunk_count].last = source;
  memcpy(chunks[s->chunk_count].shown, shown, LUA_IDSIZE);
  s->chunk_count += 1;
  return 1;
}

const char *shim_chunk_name(const shim_session *s, uint32_t chunk) {
  return chunk < s->chunk_count ? s->chunks[chunk].source + 1 : NULL;
}

// Whether a frame is a script's, and where. Frames of the host's own chunks and of C are not.
int shim_frame_place(shim_session *s, lua_State *L, lua_Debug *frame, shim_place *place) {
  lua_getinfo(L, "Sl", frame);
  if (frame->currentline <= 0 || frame->source[0] != '@') return 0;
  place->line = (uint32_t)frame->currentline;
  for (uint32_t i = 0; i < s->chunk_count; i++) {
    place->chunk = i;
    if (s->chunks[i].last == frame->source) return 1;
  }
  for (uint32_t i = 0; i < s->chunk_count; i++) {
    place->chunk = i;
    if (strcmp(s->chunks[i].source, frame->source) == 0) return 1;
  }
  place->chunk = place->line = 0;
  return 0;
}

// The innermost frame of a script, from a level on in the coroutine given, or in those that resumed
// it. It neither allocates nor raises.
shim_place shim_find_place(shim_session *s, lua_State *L, int level) {
  enum { LEVELS = 60 };
  shim_place place = {0, 0};
  int link = s->chain_last;
  for (;;) {
    lua_Debug frame;
    for (; level < LEVELS && lua_getstack(L, level, &frame); level++) {
      if (shim_frame_place(s, L, &frame, &place)) return place;
    }
    while (link >= 0 && s->chain[link].L != L) link--;
    if (--link < 0) return place;
    L = s->chain[link].L;
    level = 0;
  }
}

// Raises the string on top with the position of the innermost frame of a script before it.
void shim_fail_with_top(lua_State *L) {
  shim_session *s = session_of(L);
  shim_place place = shim_find_place(s, L, 1);
  if (place.line > 0) {
    lua_pushfstring(L, "%s:%d: ", s->chunks[place.chunk].shown, (int)place.line);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  lua_error(L);
  abort();
}

void shim_fail(lua_State *L, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  shim_fail_with_top(L);
}
