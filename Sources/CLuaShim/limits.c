// Memory, instructions, time and cancellation: what ends a script for certain.
//
// A session that is stopped keeps its reason. Every way of going on (protected calls, coroutines,
// message handlers) is the shim's own and raises again while there is a reason, and the hook, at
// every instruction from then on, does the same.
#include "internal.h"

#include <stdlib.h>
#include <time.h>

enum {
  LARGE = 64 << 10,
  TIMED_ABOVE = 16 << 10,
  STRING_WEIGHT = 4,
  REFUSALS_MAX = 64,
  DEEP = 100000,
  MILLISECOND = 1000000,
};

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
  shim_watch(s, L);
  // A script that computes lets others go on, wherever it could also wait for the host.
  if (s->due == 0 && s->limits.slice_nanoseconds != 0 && s->is_slice_timed
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
    if (s->due > s->largest_work) s->largest_work = s->due;
    s->due = 0;
    if (!shim_look(s)) return;
  }
  shim_raise_stop(L);
}

// What this thread had used of the processor when that was last asked for.
static _Thread_local struct {
  uint64_t at;
  int64_t processor;
} last_reading;

// For scripts/dev/looks: the longest time from one look at the clock to the next.
#ifdef SHIM_MEASURE_LOOKS
uint64_t shim_longest_gap;
static uint64_t gap_began;
static void end_gap(void) {
  uint64_t now = clock_now(CLOCK_THREAD_CPUTIME_ID);
  if (gap_began != 0 && now - gap_began > shim_longest_gap) shim_longest_gap = now - gap_began;
  gap_began = clock_now(CLOCK_THREAD_CPUTIME_ID);
}
#else
static void end_gap(void) {}
#endif

// How the time of a slice is measured. The thread's own clock is a system call that costs more than
// most slices do, so it is only read once a slice has taken SHORT on the wall; a shorter slice
// counts as what it took on the wall. Both are bounds from above: the thread cannot have used more
// than went by on the wall since the slice began, nor more than it used since its clock was last
// read, which is the smaller one where others had the processor, or the machine slept. Nothing is
// lost at either end, and a slice counts at most SHORT too much, or STALE where it was held up.
enum { SHORT = MILLISECOND / 10, STALE = 10 * MILLISECOND };

static int64_t read_processor(uint64_t now) {
  last_reading.at = now;
  last_reading.processor = (int64_t)clock_now(CLOCK_THREAD_CPUTIME_ID);
  return last_reading.processor;
}

// While no block is of note an instruction takes a few nanoseconds, and so few of them come before
// the first look at the clock that they are counted rather than timed.
static uint64_t estimate(const shim_session *s) {
  return (s->instructions - s->slice_began_at) * 3;
}

static void time_slice(shim_session *s, uint64_t now, uint64_t since_reading) {
  if (!s->is_processor_based) {
    uint64_t most = now - s->slice_began;
    if (most > SHORT) {
      int64_t before = last_reading.processor, processor = read_processor(now);
      if (most > (uint64_t)(processor - before)) most = (uint64_t)(processor - before);
      s->is_processor_based = 1;
      s->processor_base = processor - (int64_t)most;
      s->processor_at = now;
    }
    s->slice_used = most;
  } else if (now - s->processor_at > SHORT) {
    s->slice_used = (uint64_t)(read_processor(now) - s->processor_base);
    s->processor_at = now;
  } else {
    s->slice_used += since_reading;
  }
}

// Whether a limit was passed; the script is then stopped.
int shim_look(shim_session *s) {
  if (!s->is_open) return 0;
  end_gap();
  uint64_t now = clock_now(CLOCK_MONOTONIC);
  if (!s->is_slice_timed) {
    s->is_slice_timed = 1;
    s->slice_began = now - estimate(s);
  }
  s->looked_at = now;
  time_slice(s, now, 0);
  uint64_t used = s->step_used + s->slice_used;
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

// Once a block of some size exists, an instruction can take a thousand times as long as most, and
// each slice is timed from its beginning to its end.
static uint64_t begin_timing(shim_session *s) {
#ifdef CLOCK_MONOTONIC_COARSE
  clockid_t coarse = CLOCK_MONOTONIC_COARSE;
#else
  clockid_t coarse = CLOCK_MONOTONIC;
#endif
  s->is_slice_timed = s->largest > TIMED_ABOVE;
  uint64_t now = clock_now(s->is_slice_timed ? CLOCK_MONOTONIC : coarse);
  if (now > last_reading.at + STALE) read_processor(now);
  s->is_processor_based = 0;
#ifdef SHIM_MEASURE_LOOKS
  gap_began = 0;
#endif
  end_gap();
  s->slice_began = s->looked_at = now;
  s->slice_began_at = s->instructions;
  s->slice_used = 0;
  return now;
}

void shim_begin_step(shim_session *s) {
  uint64_t now = begin_timing(s);
  s->step_used = 0;
  if (s->reason != SHIM_RUNNING) return;
  if (atomic_load_explicit(&s->flag->raised, memory_order_relaxed)) {
    shim_stop(s, SHIM_CANCELLED);
  } else if (s->processor_used > s->limits.processor_nanoseconds) {
    shim_stop(s, SHIM_PROCESSOR_TIME);
  } else if (s->limits.wall_nanoseconds != 0 && now > s->opened_at
             && now - s->opened_at > s->limits.wall_nanoseconds) {
    shim_stop(s, SHIM_WALL_TIME);
  }
}

void shim_begin_slice(shim_session *s) {
  begin_timing(s);
  if (atomic_load_explicit(&s->flag->raised, memory_order_relaxed)) shim_stop(s, SHIM_CANCELLED);
}

void shim_end_slice(shim_session *s) {
  end_gap();
  if (s->is_slice_timed) {
    uint64_t now = clock_now(CLOCK_MONOTONIC);
    time_slice(s, now, now - s->processor_at);
  } else {
    s->slice_used = estimate(s);
  }
  s->step_used += s->slice_used;
  s->slice_used = 0;
}

void shim_end_step(shim_session *s) {
  shim_end_slice(s);
  s->processor_used += s->step_used;
  s->step_used = 0;
}

void shim_renew(shim_session *s) {
  s->instructions = 0;
  s->processor_used = 0;
  s->step_used = 0;
  s->opened_at = clock_now(CLOCK_MONOTONIC);
  s->posted = 0;
  s->is_suppressed = 0;
  begin_timing(s);
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

static void follow_heaviest(shim_session *s) {
  if (s->reason != SHIM_RUNNING) return;
  size_t weight = s->heaviest == 0 ? LARGE : (size_t)3 << (s->heaviest - 1);
  size_t interval = INTERVAL * (size_t)LARGE / weight;
  s->interval = interval < 1 ? 1 : interval > INTERVAL ? INTERVAL : (int)interval;
}

// The larger the largest block, the more a single instruction can cost: a comparison, a
// concatenation, a key. The hook comes the more often. What Lua does for each byte of a string
// takes longer than what it does for each byte of a table.
//
// To set a hook starts its count anew. So a hook is set at once only to come earlier, and to come
// later when it comes: else blocks that come and go could keep it from ever coming.
static void note_block(shim_session *s, void *block, size_t size, int is_string) {
  size_t weight = is_string ? size * STRING_WEIGHT : size;
  if (weight > s->largest) s->largest = weight;
  if (weight <= LARGE) return;
  *shim_arena_string_mark(block) = (size_t)is_string;
  int logarithm = 63 - __builtin_clzll(weight);
  s->heavy[logarithm] += 1;
  if (logarithm <= s->heaviest) return;
  s->heaviest = logarithm;
  follow_heaviest(s);
  watch_chain(s);
}

// Before a block is freed or changes its size. Returns whether it was a string.
static int forget_block(shim_session *s, void *block, size_t size) {
  if (size * STRING_WEIGHT <= LARGE) return 0;
  int is_string = *shim_arena_string_mark(block) != 0;
  size_t weight = is_string ? size * STRING_WEIGHT : size;
  if (weight <= LARGE) return is_string;
  int logarithm = 63 - __builtin_clzll(weight);
  s->heavy[logarithm] -= 1;
  if (logarithm != s->heaviest || s->heavy[logarithm] != 0) return is_string;
  while (s->heaviest > 0 && s->heavy[s->heaviest] == 0) s->heaviest -= 1;
  follow_heaviest(s);
  return is_string;
}

void *shim_allocate(void *context, void *block, size_t old, size_t size) {
  shim_session *s = context;
  // For a new block Lua says here what it is for.
  int is_string = block == NULL && old == LUA_TSTRING;
  if (block == NULL) old = 0;
  if (size == 0) {
    if (block != NULL) forget_block(s, block, old);
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
  if (block != NULL) is_string = forget_block(s, block, old);
  void *fresh = shim_arena_resize(&s->arena, block, old, size);
  if (fresh == NULL) {
    if (block != NULL) note_block(s, block, old, is_string);
    return size > old ? refuse(s, block, size, SHIM_MEMORY) : block;
  }
  s->memory += size;
  s->memory -= old;
  if (s->memory > s->memory_peak) s->memory_peak = s->memory;
  s->refused_size = 0;
  note_block(s, fresh, size, is_string);
  return fresh;
}
