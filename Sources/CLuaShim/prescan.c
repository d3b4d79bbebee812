// A look at a source before Lua compiles it, for what Lua 5.4.4 cannot take: it calls itself once
// for each suffix of a long chain when it names a variable in a message, and the time that it takes
// to compile grows with the square of the number of jumps. A script that people write is far from
// these bounds.
#include "internal.h"

#include <ctype.h>

enum { SIZE_MAX_SOURCE = 256 << 10, SUFFIXES_MAX = 100, NESTING_MAX = 180, JUMPS_MAX = 4000 };

typedef struct {
  const char *next;
  const char *end;
  int line;
  int jumps;
  int depth;
  int suffixes[NESTING_MAX + 1];  // of the expression at each depth
  char is_call[NESTING_MAX + 1];  // whether the bracket at each depth is a call or a table
  int is_operand;                 // whether the token before can take a suffix
  int blocks;                     // 'do', 'then', 'repeat' and 'function' that are open
} scan;

static int peek(const scan *s, int ahead) {
  return s->end - s->next > ahead ? (unsigned char)s->next[ahead] : -1;
}

static void skip_quoted(scan *s) {
  char quote = *s->next++;
  while (s->next < s->end && *s->next != quote) {
    if (*s->next == '\\' && s->next + 1 < s->end) s->next++;
    if (*s->next == '\n') s->line++;
    s->next++;
  }
  if (s->next < s->end) s->next++;
}

// Skips [[...]], [=[...]=] and so on; returns 0 if there is none here.
static int skip_long(scan *s) {
  const char *at = s->next + 1;
  size_t level = 0;
  while (at < s->end && *at == '=') at++, level++;
  if (at >= s->end || *at != '[') return 0;
  for (s->next = at + 1; s->next < s->end; s->next++) {
    if (*s->next == '\n') s->line++;
    if (*s->next != ']') continue;
    const char *close = s->next + 1;
    size_t count = 0;
    while (close < s->end && *close == '=' && count < level) close++, count++;
    if (count == level && close < s->end && *close == ']') {
      s->next = close + 1;
      return 1;
    }
  }
  return 1;
}

static void skip_comment(scan *s) {
  s->next += 2;
  if (peek(s, 0) == '[' && skip_long(s)) return;
  while (s->next < s->end && *s->next != '\n') s->next++;
}

static int is_word(const char *word, size_t length, const char *const *words) {
  for (; *words != NULL; words++) {
    if (strlen(*words) == length && memcmp(word, *words, length) == 0) return 1;
  }
  return 0;
}

static const char *scan_word(scan *s) {
  static const char *const jumps[] = {"and", "or", "elseif", "goto", "break", NULL};
  static const char *const opening[] = {"do", "then", "repeat", "function", "else", NULL};
  static const char *const closing[] = {"end", "until", "elseif", "else", NULL};
  static const char *const plain[] = {"not", "return", "local", "in", "if", "while", "for", NULL};
  const char *start = s->next;
  while (s->next < s->end && (isalnum((unsigned char)*s->next) || *s->next == '_')) s->next++;
  size_t length = (size_t)(s->next - start);
  int is_after_suffix = s->is_operand == 2;
  if (is_after_suffix) {
    s->is_operand = 1;
    return NULL;
  }
  s->suffixes[s->depth] = 0;
  s->is_operand = 1;
  if (is_word(start, length, plain)) s->is_operand = 0;
  if (is_word(start, length, jumps)) {
    s->is_operand = 0;
    if (++s->jumps > JUMPS_MAX) return "too many jumps and logical operators in one source";
  }
  if (is_word(start, length, closing)) {
    s->is_operand = 0;
    if (s->blocks > 0) s->blocks--;
  }
  if (is_word(start, length, opening)) {
    s->is_operand = 0;
    if (++s->blocks > NESTING_MAX) return "blocks are nested too deep";
  }
  return NULL;
}

static void skip_number(scan *s) {
  while (isalnum(peek(s, 0)) || peek(s, 0) == '.'
         || ((peek(s, 0) == '+' || peek(s, 0) == '-') && strchr("eEpP", s->next[-1]) != NULL)) {
    s->next++;
  }
  s->is_operand = 0;
}

static const char *add_suffix(scan *s) {
  return ++s->suffixes[s->depth] > SUFFIXES_MAX ? "an expression has too many suffixes" : NULL;
}

static const char *open_bracket(scan *s) {
  const char *problem = s->is_operand ? add_suffix(s) : NULL;
  if (problem != NULL) return problem;
  if (!s->is_operand) s->suffixes[s->depth] = 0;
  if (s->depth >= NESTING_MAX) return "brackets are nested too deep";
  s->suffixes[++s->depth] = 0;
  s->is_call[s->depth] = *s->next == '{' || (*s->next == '(' && s->is_operand);
  s->is_operand = 0;
  s->next++;
  return NULL;
}

// What stands in an index or in plain brackets is part of the same chain for Lua.
static const char *close_bracket(scan *s) {
  s->next++;
  s->is_operand = 1;
  if (s->depth == 0) return NULL;
  int inner = s->is_call[s->depth] ? 0 : s->suffixes[s->depth];
  s->depth--;
  s->suffixes[s->depth] += inner;
  return s->suffixes[s->depth] > SUFFIXES_MAX ? "an expression has too many suffixes" : NULL;
}

static const char *scan_token(scan *s) {
  int c = peek(s, 0);
  if (isalpha(c) || c == '_') return scan_word(s);
  if (isdigit(c) || (c == '.' && isdigit(peek(s, 1)))) {
    skip_number(s);
    return NULL;
  }
  switch (c) {
    case '"':
    case '\'': {
      const char *problem = s->is_operand ? add_suffix(s) : NULL;
      skip_quoted(s);
      s->is_operand = 1;
      return problem;
    }
    case '[':
      if ((peek(s, 1) == '[' || peek(s, 1) == '=') && skip_long(s)) {
        const char *problem = s->is_operand ? add_suffix(s) : NULL;
        s->is_operand = 1;
        return problem;
      }
      return open_bracket(s);
    case '(':
    case '{': return open_bracket(s);
    case ')':
    case ']':
    case '}': return close_bracket(s);
    case '.':
      if (peek(s, 1) == '.') break;
      s->next++;
      s->is_operand = 2;
      return add_suffix(s);
    case ':':
      s->next++;
      if (peek(s, 0) == ':') {
        s->next++;
        s->is_operand = 0;
        return ++s->jumps > 2 * JUMPS_MAX ? "too many labels in one source" : NULL;
      }
      s->is_operand = 2;
      return add_suffix(s);
    default: break;
  }
  while (s->next < s->end && *s->next == '.') s->next++;
  if (c != '.') s->next++;
  s->is_operand = 0;
  s->suffixes[s->depth] = 0;
  return NULL;
}

// NULL, or why the source is refused, with the line.
const char *shim_prescan(const char *source, size_t length, int *line) {
  scan s = {.next = source, .end = source + length, .line = 1};
  const char *problem = NULL;
  *line = 0;
  if (length > SIZE_MAX_SOURCE) return "the source is larger than 256 KB";
  // Nothing but text is ever taken, whatever the loader is told.
  if (length > 0 && *source == '\x1b') return "bytecode is not taken, only text";
  while (problem == NULL && s.next < s.end) {
    int c = peek(&s, 0);
    if (c == '\n') s.line++;
    if (isspace(c)) {
      s.next++;
    } else if (c == '-' && peek(&s, 1) == '-') {
      skip_comment(&s);
    } else {
      problem = scan_token(&s);
    }
  }
  if (problem != NULL) *line = s.line;
  return problem;
}
