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
  int steps;
  int level;
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[CAPTURES_MAX];
} matcher;

// A step takes about half the time of an instruction.
static inline void count_step(matcher *m) {
  if (++m->steps < STEPS_PER_CHARGE) return;
  m->steps = 0;
  charge(session_of(m->L), m->L, STEPS_PER_CHARGE / 2);
}

// The end of the match of pattern p at s, or NULL.
const char *match_pattern(matcher *m, const char *s, const char *p);

#endif
