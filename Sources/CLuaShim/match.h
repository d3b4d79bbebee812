// The matcher of patterns, shared by match.c and search.c.
#ifndef CLUASHIM_MATCH_H
#define CLUASHIM_MATCH_H

#include "internal.h"

enum { CAPTURES_MAX = 32, DEPTH_MAX = 200, UNCLOSED = -1, POSITION = -2, STEPS_PER_CHARGE = 256 };

typedef struct {
  lua_State *L;
  const char *text;
  const char *text_end;
  const char *pattern_end;
  int depth;
  size_t steps;
  int level;
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[CAPTURES_MAX];
} matcher;

// A step takes about half the time of an instruction.
static inline void count_steps(matcher *m, size_t count) {
  m->steps += count;
  if (m->steps < STEPS_PER_CHARGE) return;
  size_t steps = m->steps;
  m->steps = 0;
  charge(session_of(m->L), m->L, steps / 2);
}

static inline void count_step(matcher *m) { count_steps(m, 1); }

// The end of the match of pattern p at s, or NULL.
const char *match_pattern(matcher *m, const char *s, const char *p);

#endif
