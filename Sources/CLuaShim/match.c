// Lua's patterns, matched by a matcher that counts its steps: the library's own can take years over
// a pattern of twenty characters, with no hook on the way.
//
// It agrees with Lua 5.4's in what matches, in captures and in messages. The recursion is the same
// too, since its depth decides what is "too complex".
#include "match.h"

#include <ctype.h>

static const char *match(matcher *m, const char *s, const char *p);

static unsigned char byte_at(const char *place) { return (unsigned char)*place; }

// A set may be as long as the pattern: it is not one step then.
static void count_set(matcher *m, const char *p, const char *after) {
  count_steps(m, (size_t)(after - p) / 2);
}

static const char *class_end(matcher *m, const char *p) {
  if (*p++ == '%') {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (p[-1] != '[') return p;
  const char *start = p;
  if (*p == '^') p++;
  do {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%' && p < m->pattern_end) p++;
  } while (*p != ']');
  count_set(m, start, p);
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
static int is_in_set(matcher *m, int c, const char *p, const char *last) {
  enum { PIECE = 4096 };
  int found = 1;
  size_t count = 0;
  if (p[1] == '^') {
    found = 0;
    p++;
  }
  while (++p < last) {
    if (++count % PIECE == 0) count_steps(m, 2 * PIECE);
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
      count_set(m, p, after);
      return is_in_set(m, c, p, after - 1);
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
    count_step(m);
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
    count_step(m);
    i++;
  }
  for (; i >= 0; i--) {
    count_step(m);
    const char *end = match(m, s + i, after + 1);
    if (end != NULL) return end;
  }
  return NULL;
}

static const char *match_least(matcher *m, const char *s, const char *p, const char *after) {
  for (;;) {
    count_step(m);
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
  count_steps(m, length / 16);
  return memcmp(m->captures[at].start, s, length) == 0 ? s + length : NULL;
}

static int is_at_frontier(matcher *m, const char *s, const char *p, const char *after) {
  int before = s == m->text ? 0 : byte_at(s - 1);
  int here = s < m->text_end ? byte_at(s) : 0;
  count_steps(m, (size_t)(after - p) * 2);
  return !is_in_set(m, before, p, after - 1) && is_in_set(m, here, p, after - 1);
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

static const char *match(matcher *m, const char *s, const char *p) {
  if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
  int is_done = 0;
  while (!is_done && p != m->pattern_end) {
    count_step(m);
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

const char *match_pattern(matcher *m, const char *s, const char *p) {
  m->level = 0;
  m->depth = DEPTH_MAX;
  return match(m, s, p);
}
