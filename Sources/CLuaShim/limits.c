// Memory, instructions, time and cancellation: what ends a script for certain.
//
// A session that is stopped keeps its reason. Every way of going on (protected calls, coroutines,
// message handlers) is the shim's own and raises again while there is a reason, and the hook, at
// every instruction from then on, does the same.
#include "internal.h"

#include <stdlib.h>
#include <time.h>

enum { LARGE = 64 << 10, REFUSALS_MAX = 64, DEEP = 100000, MILLISECOND = 1000000 };

static const char stop_marker;

static uint64_t clock_now(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void on_count(lua_State *L, lua_Debug *frame) {
  (void)frame;
  shim_session *s = session_of(L);
  charge(s, L, (uint64_t)lua_gethookcount(L));
  // A script that computes lets others go on, wherever it could also wait for the host.
  if (s->due == 0 && s->limits.slice_nanoseconds != 0 && !s->is_step_fresh
      && s->looked_at - s->slice_began > s->limits.slice_nanoseconds && can_yield(s, L)) {
    s->is_pending = 1;
    s->is_interrupted = 1;
    lua_yield(L, 0);
  }
}

// Sets the hook of a coroutine to the session's interval.
//
// Each coroutine counts for itself, so those of scripts are looked at more often: many that live
// shortly must not run unseen.
void shim_watch(shim_session *s, lua_State *L) {
  int interval = s->interval;
  if (L != s->main && L != s->base && interval > COROUTINE_INTERVAL) interval = COROUTINE_INTERVAL;
  if (lua_gethookcount(L) != interval) lua_sethook(L, on_count, LUA_MASKCOUNT, interval);
}

static void watch_chain(shim_session *s) {
  for (int i = 0; i <= s->chain_last; i++) shim_watch(s, s->chain[i].L);
}

// lua_sethook may be called at any time, even in the allocator.
void shim_stop(shim_session *s, int reason) {
  if (s->reason != SHIM_RUNNING) return;
  s->reason = reason;
  s->interval = 1;
  if (s->chain_last < 0) return;
  lua_State *L = s->chain[s->chain_last].L;
  lua_Debug frame;
  s->stopped_at = shim_find_place(s, L, 0);
  s->is_deep = lua_getstack(L, DEEP, &frame);
  watch_chain(s);
}

void shim_raise_stop(lua_State *L) {
  lua_pushlightuserdata(L, (void *)&stop_marker);
  lua_error(L);
  abort();
}

void shim_slow_charge(shim_session *s, lua_State *L) {
  if (s->reason == SHIM_RUNNING) {
    s->due = 0;
    if (!shim_look(s)) return;
  }
  shim_raise_stop(L);
}

// The processor time of this step. A system call is only made once a millisecond went by on the
// wall: most steps are over before. That millisecond counts as used; it may be more than the thread
// ever had, so the base can be below zero.
static uint64_t step_time(shim_session *s, uint64_t now) {
  if (s->is_step_fresh) {
    s->is_step_fresh = 0;
    s->is_slice_fresh = 0;
    s->is_processor_based = 0;
    s->looked_at = s->slice_began = now;
    s->step_used = 0;
  } else if (s->is_slice_fresh) {
    // Others used the thread meanwhile.
    s->is_slice_fresh = 0;
    s->is_processor_based = 1;
    s->looked_at = s->slice_began = now;
    s->processor_base = (int64_t)clock_now(CLOCK_THREAD_CPUTIME_ID) - (int64_t)s->step_used;
  } else if (now - s->looked_at > MILLISECOND) {
    int64_t processor = (int64_t)clock_now(CLOCK_THREAD_CPUTIME_ID);
    if (!s->is_processor_based) {
      s->is_processor_based = 1;
      s->processor_base = processor - MILLISECOND;
    }
    s->step_used = (uint64_t)(processor - s->processor_base);
    s->looked_at = now;
  }
  return s->step_used;
}

// Whether a limit was passed; the script is then stopped.
int shim_look(shim_session *s) {
  if (!s->is_open) return 0;
  uint64_t now = clock_now(CLOCK_MONOTONIC);
  uint64_t used = step_time(s, now);
  if (atomic_load_explicit(&s->flag->raised, memory_order_relaxed)) {
    shim_stop(s, SHIM_CANCELLED);
  } else if (s->instructions > s->limits.instructions) {
    shim_stop(s, SHIM_INSTRUCTIONS);
  } else if (used > s->limits.step_nanoseconds) {
    shim_stop(s, SHIM_STEP_TIME);
  } else if (s->processor_used + used > s->limits.processor_nanoseconds) {
    shim_stop(s, SHIM_PROCESSOR_TIME);
  } else if (s->limits.wall_nanoseconds != 0 && now - s->opened_at > s->limits.wall_nanoseconds) {
    shim_stop(s, SHIM_WALL_TIME);
  }
  return s->reason != SHIM_RUNNING;
}

void shim_begin_step(shim_session *s) {
  s->is_step_fresh = 1;
  if (s->reason != SHIM_RUNNING) return;
  if (atomic_load_explicit(&s->flag->raised, memory_order_relaxed)) {
    shim_stop(s, SHIM_CANCELLED);
  } else if (s->limits.wall_nanoseconds != 0) {
#ifdef CLOCK_MONOTONIC_COARSE
    uint64_t now = clock_now(CLOCK_MONOTONIC_COARSE);
#else
    uint64_t now = clock_now(CLOCK_MONOTONIC);
#endif
    if (now > s->opened_at && now - s->opened_at > s->limits.wall_nanoseconds) {
      shim_stop(s, SHIM_WALL_TIME);
    }
  }
}

void shim_begin_slice(shim_session *s) {
  s->is_slice_fresh = 1;
  if (atomic_load_explicit(&s->flag->raised, memory_order_relaxed)) shim_stop(s, SHIM_CANCELLED);
}

// A step that was over before the clock was read counts by its instructions: a script of many short
// steps would else use the processor for nothing. Three nanoseconds are what one takes under a hook.
void shim_end_step(shim_session *s) {
  uint64_t estimate = (s->instructions - s->step_began_at) * 3;
  s->processor_used += s->step_used > estimate ? s->step_used : estimate;
  s->step_began_at = s->instructions;
  s->step_used = 0;
}

void shim_renew(shim_session *s) {
  s->instructions = 0;
  s->step_began_at = 0;
  s->processor_used = 0;
  s->opened_at = clock_now(CLOCK_MONOTONIC);
  s->posted = 0;
  s->is_suppressed = 0;
  s->is_step_fresh = 1;
  s->step_used = 0;
}

// Lua asks twice, with a full collection between; only then is memory really short. A heap that is
// kept at its limit would collect at each allocation, so the number of refusals is bounded too.
static void *refuse(shim_session *s, const void *block, size_t size, int reason) {
  if (!s->is_open) return NULL;
  s->refusals += 1;
  int again = s->refused_block == block && s->refused_size == size;
  s->refused_block = block;
  s->refused_size = size;
  if (reason == SHIM_ALLOCATION || again || s->refusals > REFUSALS_MAX) shim_stop(s, reason);
  return NULL;
}

// The larger the largest block, the more a single instruction can cost: a comparison, a
// concatenation, a conversion. The hook comes the more often.
static void note_largest(shim_session *s, size_t size) {
  if (size <= s->largest) return;
  s->largest = size;
  if (size <= LARGE || s->reason != SHIM_RUNNING) return;
  size_t interval = INTERVAL * (size_t)LARGE / size;
  s->interval = interval < 4 ? 4 : (int)interval;
  watch_chain(s);
}

void *shim_allocate(void *context, void *block, size_t old, size_t size) {
  shim_session *s = context;
  if (block == NULL) old = 0;
  if (size == 0) {
    s->memory -= old;
    return shim_arena_resize(&s->arena, block, old, 0);
  }
  if (size > old) {
    s->allocations += 1;
    if (s->limits.failing_allocation != 0 && s->allocations >= s->limits.failing_allocation) {
      return refuse(s, block, size, SHIM_MEMORY);
    }
    if (size > s->limits.allocation_bytes) return refuse(s, block, size, SHIM_ALLOCATION);
    if (s->memory + (size - old) > s->limits.memory_bytes) {
      return refuse(s, block, size, SHIM_MEMORY);
    }
    if (size >= 4 * LARGE && (s->reason != SHIM_RUNNING || shim_look(s))) return NULL;
  }
  void *fresh = shim_arena_resize(&s->arena, block, old, size);
  if (fresh == NULL) return size > old ? refuse(s, block, size, SHIM_MEMORY) : block;
  s->memory += size;
  s->memory -= old;
  if (s->memory > s->memory_peak) s->memory_peak = s->memory;
  s->refused_size = 0;
  note_largest(s, size);
  return fresh;
}
