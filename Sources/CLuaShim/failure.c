// What is told of an error: a line of text, where it was, what was raised. All of it is read raw,
// without running anything of the script.
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 8 << 10, FRAMES_MAX = 64, LEVELS_MAX = 128, PREFIXES_MAX = 100 };

// C0, DEL, C1, the line and paragraph separators, and what turns the direction of writing.
static int is_control(const unsigned char *text, size_t length) {
  if (length == 1) return *text < 0x20 || *text == 0x7F;
  if (length == 2) {
    return (text[0] == 0xC2 && text[1] < 0xA0) || (text[0] == 0xD8 && text[1] == 0x9C);
  }
  if (length != 3 || text[0] != 0xE2) return 0;
  if (text[1] == 0x80) {
    return (text[2] >= 0x8E && text[2] <= 0x8F) || (text[2] >= 0xA8 && text[2] <= 0xAE);
  }
  return text[1] == 0x81 && text[2] >= 0xA6 && text[2] <= 0xA9;
}

static size_t write_escaped(char *place, const unsigned char *text, size_t length) {
  if (*text == '\n') return (size_t)sprintf(place, "\\n");
  if (*text == '\t') return (size_t)sprintf(place, "\\t");
  if (*text == '\r') return (size_t)sprintf(place, "\\r");
  if (length == 1) return (size_t)sprintf(place, "\\x%02x", *text);
  unsigned code = text[0] & (length == 2 ? 0x1Fu : 0x0Fu);
  for (size_t i = 1; i < length; i++) code = code << 6 | (text[i] & 0x3Fu);
  return (size_t)sprintf(place, "\\u{%x}", code);
}

static int write_message(shim_buffer *out, const char *message, size_t length) {
  char text[MESSAGE_MAX];
  size_t count = 0;
  const unsigned char *next = (const unsigned char *)message;
  size_t left = length;
  while (left > 0) {
    if (count > MESSAGE_MAX - 16) {
      count += (size_t)sprintf(text + count, " …");
      break;
    }
    size_t size = utf8_character(next, left);
    if (size == 0) {
      memcpy(text + count, "\xEF\xBF\xBD", 3);
      count += 3;
      size = 1;
    } else if (is_control(next, size)) {
      count += write_escaped(text + count, next, size);
    } else {
      memcpy(text + count, next, size);
      count += size;
    }
    next += size;
    left -= size;
  }
  return buffer_text(out, text, count);
}

// Takes `chunk:line: ` of a chunk that is known off the message. Returns whether it was one of the
// host's own, which tells a reader nothing: there may be one of the script's behind it.
static int strip_place(shim_session *s, const char **message, size_t *length, shim_place *place) {
  for (uint32_t i = 0; i < s->chunk_count; i++) {
    size_t size = strlen(s->chunks[i].shown);
    const char *text = *message;
    if (*length < size + 4 || memcmp(text, s->chunks[i].shown, size) != 0 || text[size] != ':') {
      continue;
    }
    size_t at = size + 1;
    uint32_t line = 0;
    while (at < *length && text[at] >= '0' && text[at] <= '9' && line < 10000000) {
      line = line * 10 + (uint32_t)(text[at++] - '0');
    }
    if (at == size + 1 || at + 1 >= *length || text[at] != ':' || text[at + 1] != ' ') continue;
    *message += at + 2;
    *length -= at + 2;
    if (s->chunks[i].source[0] == '@') {
      place->chunk = i;
      place->line = line;
      return 0;
    }
    return 1;
  }
  return 0;
}

// The frames of scripts, which are still there: an error in a coroutine does not unwind it.
static int write_frames(shim_session *s, lua_State *L, shim_place *innermost) {
  shim_buffer *out = &s->output;
  size_t header = out->count;
  uint32_t count = 0;
  lua_Debug frame;
  if (!buffer_count(out, 0)) return 0;
  for (int level = 0; L != NULL && level < LEVELS_MAX && count < FRAMES_MAX; level++) {
    shim_place place;
    if (!lua_getstack(L, level, &frame)) break;
    if (!shim_frame_place(s, L, &frame, &place)) continue;
    lua_getinfo(L, "n", &frame);
    const char *name = frame.name != NULL ? frame.name : "";
    if (count == 0) *innermost = place;
    if (!buffer_place(out, place) || !write_message(out, name, strnlen(name, 100))) return 0;
    count += 1;
  }
  memcpy(out->bytes + header, &count, 4);
  return 1;
}

static const char *stop_message(const shim_session *s) {
  switch (s->reason) {
    case SHIM_MEMORY:
      return s->is_deep ? "stack overflow: the script's functions call each other without end"
                        : "the script used up its memory";
    case SHIM_ALLOCATION: return "the script made a value that is too large";
    case SHIM_INSTRUCTIONS: return "the script ran too many instructions";
    case SHIM_STEP_TIME: return "the script computed too long between two requests";
    case SHIM_PROCESSOR_TIME: return "the script computed too long";
    case SHIM_WALL_TIME: return "the script took too long";
    case SHIM_COROUTINES: return "the script has too many coroutines";
    default: return "the script was cancelled";
  }
}

// The text of what was raised, without its position.
static int write_raised(shim_session *s, lua_State *L, shim_place *place) {
  char number[64];
  size_t length;
  if (s->reason != SHIM_RUNNING) {
    const char *message = stop_message(s);
    *place = s->stopped_at;
    return write_message(&s->output, message, strlen(message));
  }
  switch (lua_type(L, -1)) {
    case LUA_TSTRING: {
      const char *message = lua_tolstring(L, -1, &length);
      for (int i = 0; i < PREFIXES_MAX && L != s->main; i++) {
        if (!strip_place(s, &message, &length, place)) break;
      }
      return write_message(&s->output, message, length);
    }
    case LUA_TNUMBER:
      if (lua_isinteger(L, -1)) {
        snprintf(number, sizeof(number), "%lld", (long long)lua_tointegerx(L, -1, NULL));
      } else {
        snprintf(number, sizeof(number), "%.14g", lua_tonumberx(L, -1, NULL));
      }
      return write_message(&s->output, number, strlen(number));
    case LUA_TUSERDATA: {
      if (is_null(L, -1)) break;
      shim_reader reader = {L, lua_touserdata(L, -1), NULL, 0};
      reader.end = reader.next + lua_rawlen(L, -1);
      read_text(&reader, &length);
      read_text(&reader, &length);
      const char *display = read_text(&reader, &length);
      return write_message(&s->output, display, length);
    }
    default: break;
  }
  // Its __tostring may not be run by now: that there is one, or could be, is said.
  int has_metatable =
      lua_type(L, -1) == LUA_TTABLE && lua_checkstack(L, 1) && lua_getmetatable(L, -1);
  if (has_metatable) lua_settop(L, -2);
  snprintf(
      number, sizeof(number), has_metatable ? "(error object is a %s with a metatable)"
                                            : "(error object is a %s value)",
      is_null(L, -1) ? "null" : lua_typename(L, lua_type(L, -1)));
  return write_message(&s->output, number, strlen(number));
}

static int write_value(shim_session *s, lua_State *L) {
  char problem[PROBLEM_SIZE];
  shim_buffer *out = &s->output;
  size_t start = out->count;
  int type = s->reason == SHIM_RUNNING ? lua_type(L, -1) : LUA_TNIL;
  if ((type == LUA_TTABLE || type == LUA_TUSERDATA) && lua_checkstack(L, 6)) {
    int top = lua_gettop(L);
    int done = shim_encode(s, L, out, top, top, problem);
    lua_settop(L, top);
    // The count before it is one that the reader of an error does not expect.
    if (done) {
      memmove(out->bytes + start, out->bytes + start + 4, out->count - start - 4);
      out->count -= 4;
      return 1;
    }
  }
  out->count = start;
  return buffer_byte(out, SHIM_TAG_NIL);
}

// Writes: reason in a byte, message as text, place, value, and the frames: a count, then place and
// name of each. L is where the error object is on top of the stack, or NULL for none.
int shim_write_error(shim_session *s, lua_State *L, int status) {
  static const uint8_t plain[] = {0, 17, 0, 0, 0, 'n', 'o', 't', ' ', 'e', 'n', 'o', 'u', 'g', 'h',
                                  ' ', 'm', 'e', 'm', 'o', 'r', 'y', 0,   0,   0,   0,   0,   0,
                                  0,   0,   0,   0,   0,   0,   0};
  shim_buffer *out = &s->output;
  shim_place place = {0, 0}, innermost = {0, 0};
  int reason = s->reason;
  if (status == LUA_ERRMEM) shim_stop(s, SHIM_MEMORY);
  out->count = 0;
  int done = buffer_byte(out, (uint8_t)s->reason) && write_raised(s, L, &place);
  size_t at = out->count;
  done = done && buffer_place(out, place) && write_value(s, L);
  // To write a value can take what time there is left: that is then the reason.
  if (reason == SHIM_RUNNING && s->reason != SHIM_RUNNING && status != LUA_ERRMEM) {
    return shim_write_error(s, L, status);
  }
  done = done && write_frames(s, L, &innermost);
  if (!done) {
    out->count = 0;
    uint8_t *room = buffer_room(out, sizeof(plain));
    if (room != NULL) memcpy(room, plain, sizeof(plain));
    return SHIM_FAILED;
  }
  if (place.line == 0 && innermost.line != 0) memcpy(out->bytes + at, &innermost, 8);
  return SHIM_FAILED;
}
