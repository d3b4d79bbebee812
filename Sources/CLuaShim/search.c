// string.find, match, gmatch and gsub.
#include "match.h"

#include <ctype.h>

static void prepare(
    matcher *m, lua_State *L, const char *text, size_t text_length, const char *pattern,
    size_t pattern_length) {
  m->L = L;
  m->text = text;
  m->text_end = text + text_length;
  m->pattern_end = pattern + pattern_length;
  m->steps = 0;
}

// Pushes a capture; the whole match stands in for the first where there are none.
static void push_capture(matcher *m, int at, const char *s, const char *end) {
  if (at >= m->level) {
    if (at != 0) luaL_error(m->L, "invalid capture index %%%d", at + 1);
    count_steps(m, (size_t)(end - s) / 16 + 1);
    lua_pushlstring(m->L, s, (size_t)(end - s));
    return;
  }
  ptrdiff_t length = m->captures[at].length;
  if (length == UNCLOSED) luaL_error(m->L, "unfinished capture");
  if (length == POSITION) {
    lua_pushinteger(m->L, m->captures[at].start - m->text + 1);
  } else {
    count_steps(m, (size_t)length / 16 + 1);
    lua_pushlstring(m->L, m->captures[at].start, (size_t)length);
  }
}

static int push_captures(matcher *m, const char *s, const char *end) {
  int count = m->level == 0 && s != NULL ? 1 : m->level;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, end);
  return count;
}

// Where a search starts, from 0; larger than the length for nowhere.
static size_t start_of(lua_Integer start, size_t length) {
  if (start > 0) return (size_t)start - 1;
  if (start == 0 || start < -(lua_Integer)length) return 0;
  return length - (size_t)-start;
}

// memmem in windows that overlap: for each it can take some steps for each byte, and once more as
// many for the pattern.
static const char *search_plain(
    lua_State *L, const char *text, const char *end, const char *pattern, size_t length) {
  enum { WINDOW = 256 << 10, PATTERNS = 8 };
  size_t window = length > WINDOW / PATTERNS ? length * PATTERNS : WINDOW;
  while ((size_t)(end - text) >= length) {
    size_t size = (size_t)(end - text) < window ? (size_t)(end - text) : window;
    charge(session_of(L), L, size / 8 + length / 2);
    const char *found = memmem(text, size, pattern, length);
    if (found != NULL) return found;
    if (size == (size_t)(end - text)) return NULL;
    text += size - length + 1;
  }
  return NULL;
}

static int find_plain(
    lua_State *L, const char *text, size_t length, size_t start, const char *pattern,
    size_t pattern_length) {
  const char *found = pattern_length == 0
      ? text + start
      : search_plain(L, text + start, text + length, pattern, pattern_length);
  if (found == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, found - text + 1);
  lua_pushinteger(L, found - text + (lua_Integer)pattern_length);
  return 2;
}

static int is_plain(lua_State *L, const char *pattern, size_t length) {
  static const char is_special[256] = {
      ['^'] = 1, ['$'] = 1, ['*'] = 1, ['+'] = 1, ['?'] = 1,
      ['.'] = 1, ['('] = 1, ['['] = 1, ['%'] = 1, ['-'] = 1,
  };
  size_t i = 0;
  while (i < length && !is_special[(unsigned char)pattern[i]]) i++;
  charge(session_of(L), L, i / 4);
  return i == length;
}

static int find(lua_State *L, int is_find) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  settle_numbers(L, 3, 3);
  size_t start = start_of(luaL_optinteger(L, 3, 1), length);
  if (start > length) {
    lua_pushnil(L);
    return 1;
  }
  if (is_find && (lua_toboolean(L, 4) || is_plain(L, pattern, pattern_length))) {
    return find_plain(L, text, length, start, pattern, pattern_length);
  }
  int is_anchored = pattern_length > 0 && *pattern == '^';
  if (is_anchored) pattern++, pattern_length--;
  matcher m;
  prepare(&m, L, text, length, pattern, pattern_length);
  for (const char *s = text + start; s <= m.text_end; s++) {
    count_step(&m);
    const char *end = match_pattern(&m, s, pattern);
    if (end != NULL) {
      if (!is_find) return push_captures(&m, s, end);
      lua_pushinteger(L, s - text + 1);
      lua_pushinteger(L, end - text);
      return push_captures(&m, NULL, NULL) + 2;
    }
    if (is_anchored) break;
  }
  lua_pushnil(L);
  return 1;
}

int string_find(lua_State *L) { return find(L, 1); }

int string_match(lua_State *L) { return find(L, 0); }

typedef struct {
  size_t next;       // where the next search starts
  size_t last_end;   // where the last match ended, SIZE_MAX before the first
} iteration;

// Upvalues: text, pattern, iteration.
static int gmatch_next(lua_State *L) {
  size_t length, pattern_length;
  const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
  const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
  iteration *at = lua_touserdata(L, lua_upvalueindex(3));
  matcher m;
  charge(session_of(L), L, 1);
  prepare(&m, L, text, length, pattern, pattern_length);
  for (; at->next <= length; at->next++) {
    count_step(&m);
    const char *s = text + at->next;
    const char *end = match_pattern(&m, s, pattern);
    if (end != NULL && (size_t)(end - text) != at->last_end) {
      at->next = at->last_end = (size_t)(end - text);
      return push_captures(&m, s, end);
    }
  }
  return 0;
}

int string_gmatch(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  luaL_checkstring(L, 2);
  settle_numbers(L, 3, 3);
  size_t start = start_of(luaL_optinteger(L, 3, 1), length);
  lua_settop(L, 2);
  iteration *at = lua_newuserdatauv(L, sizeof(*at), 0);
  at->next = start > length ? length + 1 : start;
  at->last_end = SIZE_MAX;
  lua_pushcclosure(L, gmatch_next, 3);
  return 1;
}

// Adds the replacement string with its captures put in.
static void add_template(matcher *m, luaL_Buffer *buffer, const char *s, const char *end) {
  size_t length;
  const char *next = lua_tolstring(m->L, 3, &length), *last = next + length;
  charge(session_of(m->L), m->L, length / 32);
  const char *escape;
  while ((escape = memchr(next, '%', (size_t)(last - next))) != NULL) {
    luaL_addlstring(buffer, next, (size_t)(escape - next));
    next = escape + 2;
    count_step(m);
    int c = escape + 1 < last ? (unsigned char)escape[1] : 0;
    if (c == '%') {
      luaL_addchar(buffer, '%');
    } else if (c == '0') {
      luaL_addlstring(buffer, s, (size_t)(end - s));
    } else if (isdigit(c)) {
      push_capture(m, c - '1', s, end);
      luaL_tolstring(m->L, -1, NULL);
      lua_remove(m->L, -2);
      luaL_addvalue(buffer);
    } else {
      luaL_error(m->L, "invalid use of '%c' in replacement string", '%');
    }
    if (next > last) next = last;
  }
  luaL_addlstring(buffer, next, (size_t)(last - next));
}

// Adds what replaces a match. Returns whether that is another text.
static int add_replacement(
    matcher *m, luaL_Buffer *buffer, const char *s, const char *end, int type) {
  lua_State *L = m->L;
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, push_captures(m, s, end), 1);
  } else if (type == LUA_TTABLE) {
    push_capture(m, 0, s, end);
    lua_gettable(L, 3);
  } else {
    add_template(m, buffer, s, end);
    return 1;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(buffer, s, (size_t)(end - s));
    return 0;
  }
  if (!lua_isstring(L, -1)) {
    return luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  }
  luaL_addvalue(buffer);
  return 1;
}

int string_gsub(lua_State *L) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length), *s = text, *last_end = NULL;
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  int type = lua_type(L, 3);
  settle_numbers(L, 4, 4);
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
  int is_anchored = pattern_length > 0 && *pattern == '^', is_changed = 0;
  luaL_argexpected(
      L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE,
      3, "string/function/table");
  if (type == LUA_TNUMBER) lua_tolstring(L, 3, NULL);
  luaL_Buffer buffer;
  matcher m;
  luaL_buffinit(L, &buffer);
  if (is_anchored) pattern++, pattern_length--;
  prepare(&m, L, text, length, pattern, pattern_length);
  charge(session_of(L), L, length / 16);
  while (count < most) {
    count_step(&m);
    const char *end = match_pattern(&m, s, pattern);
    if (end != NULL && end != last_end) {
      count++;
      is_changed = add_replacement(&m, &buffer, s, end, type) | is_changed;
      s = last_end = end;
    } else if (s < m.text_end) {
      luaL_addchar(&buffer, *s++);
    } else {
      break;
    }
    if (is_anchored) break;
  }
  if (is_changed) {
    luaL_addlstring(&buffer, s, (size_t)(m.text_end - s));
    luaL_pushresult(&buffer);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}
