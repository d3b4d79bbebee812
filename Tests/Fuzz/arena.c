// Random allocations against the slabs of the arena: every block keeps what was written to it, and
// what is held stays within one and a half times the peak of the live data, and a constant.
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

enum { BLOCKS = 1 << 17, CONSTANT = 1 << 20, PHASES = 24 };

static struct {
  unsigned char *bytes;
  size_t size;
} blocks[BLOCKS];
static size_t live, peak;
static uint64_t state;

static uint64_t next_number(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

#define CHECK(condition)                                                                \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);           \
      abort();                                                                          \
    }                                                                                   \
  } while (0)

static void check(int at) {
  unsigned char mark = (unsigned char)(at * 31 + (int)blocks[at].size);
  if (blocks[at].size == 0) return;
  CHECK(blocks[at].bytes[0] == mark && blocks[at].bytes[blocks[at].size - 1] == mark);
}

static int resize(shim_arena *arena, int at, size_t size) {
  check(at);
  size_t old = blocks[at].size;
  void *fresh = shim_arena_resize(arena, blocks[at].bytes, old, size);
  if (fresh == NULL && size > 0) return 0;
  CHECK(((uintptr_t)fresh & 15) == 0);
  blocks[at].bytes = fresh;
  blocks[at].size = size;
  if (size > 0) memset(fresh, (int)(unsigned char)(at * 31 + (int)size), size);
  live += size - old;
  if (live > peak) peak = live;
  return 1;
}

// Phases, each with a range of sizes of its own, that fill up to the limit and empty again.
static void run(uint64_t seed, size_t limit) {
  shim_arena arena = {0};
  arena.limit = limit + limit / 2 + CONSTANT;
  state = seed;
  live = peak = 0;
  for (int phase = 0; phase < PHASES; phase++) {
    size_t least = 64 + next_number() % 440, range = 1 + next_number() % (phase % 3 == 0 ? 2000 : 64);
    uint64_t kept = next_number() % 3 == 0 ? 0 : next_number() % 10;
    for (int i = 0; i < BLOCKS; i++) {
      size_t size = least + next_number() % range;
      if (live + size > limit) break;
      if (blocks[i].size == 0) CHECK(resize(&arena, i, size));
      if (i % 16 == 15) CHECK(resize(&arena, i - (int)(next_number() % 16), 0));
    }
    // Of neighbors the same few are kept, as of what a script makes together.
    for (int i = 0; i < BLOCKS; i++) {
      if ((uint64_t)(i >> 10) % 10 >= kept) CHECK(resize(&arena, i, 0));
    }
    CHECK(arena.bytes <= peak + peak / 2 + CONSTANT);
  }
  for (int i = 0; i < BLOCKS; i++) resize(&arena, i, 0);
  CHECK(live == 0 && arena.large == NULL);
  shim_arena_release(&arena);
}

// All that is live goes from one size to the next, up to the limit each time.
static void climb(size_t limit) {
  shim_arena arena = {0};
  arena.limit = limit + limit / 2 + CONSTANT;
  live = peak = 0;
  for (size_t size = 16; size <= 1024; size += 16) {
    for (int i = 0; i < BLOCKS && live + size <= limit; i++) CHECK(resize(&arena, i, size));
    for (int i = 0; i < BLOCKS; i++) CHECK(resize(&arena, i, 0));
  }
  shim_arena_release(&arena);
}

int main(int count, char **arguments) {
  int rounds = count > 1 ? atoi(arguments[1]) : 20;
  for (int round = 1; round <= rounds; round++) {
    run((uint64_t)round * 0x9E3779B97F4A7C15u, (size_t)1 << (18 + round % 6));
  }
  climb(4 << 20);
  printf("%d rounds of %d phases\n", rounds, PHASES);
  return 0;
}
