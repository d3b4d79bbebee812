// Lua's patterns, matched by a matcher that counts its steps: the library's own can take years over
// a pattern of twenty characters, with no hook on the way.
//
// It agrees with Lua 5.4's in what matches, in captures and in messages. The recursion is the same
// too, since its depth decides what is "too complex".
#include "internal.h"

#include <ctype.h>
#include <limits.h>

enum { CAPTURES_MAX = 32, DEPTH_MAX = 200, UNCLOSED = -1, POSITION = -2, STEPS_PER_CHARGE = 256 };

typedef struct {
  lua_State *L;
  const char *text;
  const char *text_end;
  const char *pattern_end;
  int depth;
  int steps;
  int level;
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[CAPTURES_MAX];
} matcher;

static const char *match(matcher *m, const char *s, const char *p);

static unsigned char byte_at(const char *place) { return (unsigned char)*place; }

// A step takes about half the time of an instruction.
static void step(matcher *m) {
  if (++m->steps < STEPS_PER_CHARGE) return;
  m->steps = 0;
  charge(session_of(m->L), m->L, STEPS_PER_CHARGE / 2);
}

static const char *class_end(matcher *m, const char *p) {
  if (*p++ == '%') {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (p[-1] != '[') return p;
  if (*p == '^') p++;
  do {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%' && p < m->pattern_end) p++;
  } while (*p != ']');
  return p + 1;
}

static int is_in_class(int c, int class) {
  int result;
  switch (tolower(class)) {
    case 'a': result = isalpha(c); break;
    case 'c': result = iscntrl(c); break;
    case 'd': result = isdigit(c); break;
    case 'g': result = isgraph(c); break;
    case 'l': result = islower(c); break;
    case 'p': result = ispunct(c); break;
    case 's': result = isspace(c); break;
    case 'u': result = isupper(c); break;
    case 'w': result = isalnum(c); break;
    case 'x': result = isxdigit(c); break;
    case 'z': result = c == 0; break;  // deprecated, and still there
    default: return class == c;
  }
  return isupper(class) ? !result : result != 0;
}

// p is at the '[', last at its ']'.
static int is_in_set(int c, const char *p, const char *last) {
  int found = 1;
  if (p[1] == '^') {
    found = 0;
    p++;
  }
  while (++p < last) {
    if (*p == '%') {
      p++;
      if (is_in_class(c, byte_at(p))) return found;
    } else if (p[1] == '-' && p + 2 < last) {
      p += 2;
      if (byte_at(p - 2) <= c && c <= byte_at(p)) return found;
    } else if (byte_at(p) == c) {
      return found;
    }
  }
  return !found;
}

static int is_single_match(matcher *m, const char *s, const char *p, const char *after) {
  if (s >= m->text_end) return 0;
  int c = byte_at(s);
  switch (*p) {
    case '.': return 1;
    case '%': return is_in_class(c, byte_at(p + 1));
    case '[':
      // A set may be as long as the pattern: it is not one step then.
      m->steps += (int)((after - p) / 8);
      return is_in_set(c, p, after - 1);
    default: return byte_at(p) == c;
  }
}

static const char *match_balance(matcher *m, const char *s, const char *p) {
  if (p >= m->pattern_end - 1) {
    luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  }
  if (s >= m->text_end || *s != *p) return NULL;
  int open = *p, close = p[1], count = 1;
  while (++s < m->text_end) {
    step(m);
    if (*s == close) {
      if (--count == 0) return s + 1;
    } else if (*s == open) {
      count++;
    }
  }
  return NULL;
}

static const char *match_most(matcher *m, const char *s, const char *p, const char *after) {
  ptrdiff_t i = 0;
  while (is_single_match(m, s + i, p, after)) {
    step(m);
    i++;
  }
  for (; i >= 0; i--) {
    step(m);
    const char *end = match(m, s + i, after + 1);
    if (end != NULL) return end;
  }
  return NULL;
}

static const char *match_least(matcher *m, const char *s, const char *p, const char *after) {
  for (;;) {
    step(m);
    const char *end = match(m, s, after + 1);
    if (end != NULL) return end;
    if (!is_single_match(m, s, p, after)) return NULL;
    s++;
  }
}

static const char *open_capture(matcher *m, const char *s, const char *p, ptrdiff_t what) {
  if (m->level >= CAPTURES_MAX) luaL_error(m->L, "too many captures");
  m->captures[m->level].start = s;
  m->captures[m->level].length = what;
  m->level++;
  const char *end = match(m, s, p);
  if (end == NULL) m->level--;
  return end;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
  int at = m->level - 1;
  while (at >= 0 && m->captures[at].length != UNCLOSED) at--;
  if (at < 0) luaL_error(m->L, "invalid pattern capture");
  m->captures[at].length = s - m->captures[at].start;
  const char *end = match(m, s, p);
  if (end == NULL) m->captures[at].length = UNCLOSED;
  return end;
}

static const char *match_again(matcher *m, const char *s, int digit) {
  int at = digit - '1';
  if (at < 0 || at >= m->level || m->captures[at].length == UNCLOSED) {
    luaL_error(m->L, "invalid capture index %%%d", at + 1);
  }
  // A position capture has a length that is no length; as a size it never fits.
  size_t length = (size_t)m->captures[at].length;
  if ((size_t)(m->text_end - s) < length) return NULL;
  m->steps += (int)(length / 32 < STEPS_PER_CHARGE ? length / 32 : STEPS_PER_CHARGE);
  charge(session_of(m->L), m->L, length / 32);
  return memcmp(m->captures[at].start, s, length) == 0 ? s + length : NULL;
}

static int is_at_frontier(matcher *m, const char *s, const char *p, const char *after) {
  int before = s == m->text ? 0 : byte_at(s - 1);
  int here = s < m->text_end ? byte_at(s) : 0;
  return !is_in_set(before, p, after - 1) && is_in_set(here, p, after - 1);
}

// One item of the pattern that is a single character, with what may follow it. Returns 0 where the
// match goes on at *s and *p, else 1 with the result in *s.
static int match_item(matcher *m, const char **s, const char **p) {
  const char *after = class_end(m, *p);
  char suffix = after < m->pattern_end ? *after : 0;
  int matches = is_single_match(m, *s, *p, after);
  switch (suffix) {
    case '?':
      if (matches) {
        const char *end = match(m, *s + 1, after + 1);
        if (end != NULL) {
          *s = end;
          return 1;
        }
      }
      *p = after + 1;
      return 0;
    case '+':
      *s = matches ? match_most(m, *s + 1, *p, after) : NULL;
      return 1;
    case '*':
      *s = match_most(m, *s, *p, after);
      return 1;
    case '-':
      *s = match_least(m, *s, *p, after);
      return 1;
    default:
      if (!matches) {
        *s = NULL;
        return 1;
      }
      *s += 1;
      *p = after;
      return 0;
  }
}

// An item that starts with '%' and is not a class; results as above, -1 if it is a class.
static int match_escape(matcher *m, const char **s, const char **p) {
  const char *after;
  switch (p[0] + 1 < m->pattern_end ? (*p)[1] : 0) {
    case 'b':
      *s = match_balance(m, *s, *p + 2);
      *p += 4;
      return *s == NULL;
    case 'f':
      *p += 2;
      if (*p >= m->pattern_end || **p != '[') {
        luaL_error(m->L, "missing '[' after '%%f' in pattern");
      }
      after = class_end(m, *p);
      if (!is_at_frontier(m, *s, *p, after)) *s = NULL;
      *p = after;
      return *s == NULL;
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      *s = match_again(m, *s, byte_at(*p + 1));
      *p += 2;
      return *s == NULL;
    default: return -1;
  }
}

// The end of the match of pattern p at s, or NULL.
static const char *match(matcher *m, const char *s, const char *p) {
  if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
  int is_done = 0;
  while (!is_done && p != m->pattern_end) {
    step(m);
    int escape = -1;
    switch (*p) {
      case '(':
        s = p[1] == ')' ? open_capture(m, s, p + 2, POSITION) : open_capture(m, s, p + 1, UNCLOSED);
        is_done = 1;
        continue;
      case ')':
        s = close_capture(m, s, p + 1);
        is_done = 1;
        continue;
      case '$':
        if (p + 1 == m->pattern_end) {
          if (s != m->text_end) s = NULL;
          is_done = 1;
          continue;
        }
        break;
      case '%': escape = match_escape(m, &s, &p); break;
      default: break;
    }
    is_done = escape >= 0 ? escape : match_item(m, &s, &p);
  }
  m->depth++;
  return s;
}

static void prepare(
    matcher *m, lua_State *L, const char *text, size_t text_length, const char *pattern,
    size_t pattern_length) {
  m->L = L;
  m->text = text;
  m->text_end = text + text_length;
  m->pattern_end = pattern + pattern_length;
  m->steps = 0;
}

static const char *match_from(matcher *m, const char *s, const char *p) {
  m->level = 0;
  m->depth = DEPTH_MAX;
  return match(m, s, p);
}

// Pushes a capture; the whole match stands in for the first where there are none.
static void push_capture(matcher *m, int at, const char *s, const char *end) {
  if (at >= m->level) {
    if (at != 0) luaL_error(m->L, "invalid capture index %%%d", at + 1);
    lua_pushlstring(m->L, s, (size_t)(end - s));
    return;
  }
  ptrdiff_t length = m->captures[at].length;
  if (length == UNCLOSED) luaL_error(m->L, "unfinished capture");
  if (length == POSITION) {
    lua_pushinteger(m->L, m->captures[at].start - m->text + 1);
  } else {
    lua_pushlstring(m->L, m->captures[at].start, (size_t)length);
  }
}

static int push_captures(matcher *m, const char *s, const char *end) {
  int count = m->level == 0 && s != NULL ? 1 : m->level;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, end);
  charge(session_of(m->L), m->L, (uint64_t)(end == NULL || s == NULL ? 0 : end - s) / 32);
  return count;
}

// Where a search starts, from 0; larger than the length for nowhere.
static size_t start_of(lua_Integer start, size_t length) {
  if (start > 0) return (size_t)start - 1;
  if (start == 0 || start < -(lua_Integer)length) return 0;
  return length - (size_t)-start;
}

static int find_plain(
    lua_State *L, const char *text, size_t length, size_t start, const char *pattern,
    size_t pattern_length) {
  charge(session_of(L), L, (length - start) / 16 + pattern_length / 16);
  const char *found = pattern_length == 0
      ? text + start
      : memmem(text + start, length - start, pattern, pattern_length);
  if (found == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, found - text + 1);
  lua_pushinteger(L, found - text + (lua_Integer)pattern_length);
  return 2;
}

static int is_plain(const char *pattern, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (pattern[i] != 0 && strchr("^$*+?.([%-", pattern[i]) != NULL) return 0;
  }
  return 1;
}

static int find(lua_State *L, int is_find) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  size_t start = start_of(luaL_optinteger(L, 3, 1), length);
  if (start > length) {
    lua_pushnil(L);
    return 1;
  }
  if (is_find && (lua_toboolean(L, 4) || is_plain(pattern, pattern_length))) {
    return find_plain(L, text, length, start, pattern, pattern_length);
  }
  int is_anchored = pattern_length > 0 && *pattern == '^';
  if (is_anchored) pattern++, pattern_length--;
  matcher m;
  prepare(&m, L, text, length, pattern, pattern_length);
  for (const char *s = text + start; s <= m.text_end; s++) {
    step(&m);
    const char *end = match_from(&m, s, pattern);
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
    step(&m);
    const char *s = text + at->next;
    const char *end = match_from(&m, s, pattern);
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
    step(m);
    int c = escape + 1 < last ? byte_at(escape + 1) : 0;
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
    step(&m);
    const char *end = match_from(&m, s, pattern);
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
