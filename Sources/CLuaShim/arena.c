// The memory of a session. Small blocks lie in slabs, each for blocks of one size; large ones are
// the system's. A slab whose last block is freed can serve any size again, so that what counts is
// the live data and not which sizes there have been. A session that is closed returns a few
// regions and skips freeing its objects one by one, which is most of what closing a state costs.
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Under the address sanitizer every block is the system's, so that it sees each of them. A test of
// the slabs themselves turns that off.
#if defined(__has_feature) && !defined(SHIM_ARENA_SLABS)
#if __has_feature(address_sanitizer)
enum { SMALL = 0 };
#else
enum { SMALL = SHIM_ARENA_SMALL };
#endif
#else
enum { SMALL = SHIM_ARENA_SMALL };
#endif

enum { GRAIN = SHIM_ARENA_GRAIN, SLAB = 4096, REGION = 16 * SLAB };

// At the start of each slab, which lies at a multiple of its size.
struct shim_slab {
  struct shim_slab *next;
  struct shim_slab **link;  // what points to this slab while it has room
  void *freed;              // the first block that was freed
  uint16_t unused;          // where the part begins that was never used
  uint16_t live;
  uint16_t capacity;
  uint16_t grains;
};

struct shim_region {
  struct shim_region *next;
  void *bytes;
};

struct shim_large {
  struct shim_large *next;
  struct shim_large **link;  // what points to this block
  size_t is_string;
  size_t unused;  // keeps what follows on a grain
};

static size_t grains(size_t size) { return (size + GRAIN - 1) / GRAIN; }

static void link_large(shim_arena *arena, struct shim_large *block) {
  block->next = arena->large;
  block->link = &arena->large;
  if (block->next != NULL) block->next->link = &block->next;
  arena->large = block;
}

static void unlink_large(struct shim_large *block) {
  *block->link = block->next;
  if (block->next != NULL) block->next->link = block->link;
}

static void open_slab(shim_arena *arena, struct shim_slab *slab) {
  struct shim_slab **head = &arena->open[slab->grains];
  slab->next = *head;
  slab->link = head;
  if (slab->next != NULL) slab->next->link = &slab->next;
  *head = slab;
}

static void unlink_slab(struct shim_slab *slab) {
  *slab->link = slab->next;
  if (slab->next != NULL) slab->next->link = slab->link;
}

// Returns the pages of empty slabs to the system, so that they no longer count. What a slab says
// of its place in the list is written again after that.
static void return_pages(shim_arena *arena) {
#if defined(__linux__)
  struct shim_slab *slab;
  while ((slab = arena->empty) != NULL) {
    struct shim_slab *next = slab->next;
    // Where pages are larger than slabs this fails, and the slabs stay as they are.
    if (madvise(slab, SLAB, MADV_DONTNEED) != 0) return;
    arena->empty = next;
    slab->next = arena->returned;
    arena->returned = slab;
    arena->bytes -= SLAB;
  }
#else
  (void)arena;
#endif
}

// Whether so much more may be held.
static int has_room(shim_arena *arena, size_t size) {
  if (arena->bytes + size <= arena->limit) return 1;
  return_pages(arena);
  return arena->bytes + size <= arena->limit;
}

static void *large(shim_arena *arena, size_t size, int must) {
  if (!must && !has_room(arena, size)) return NULL;
  struct shim_large *block = malloc(sizeof(struct shim_large) + size);
  if (block == NULL) return NULL;
  block->is_string = 0;
  link_large(arena, block);
  arena->bytes += size;
  return block + 1;
}

static struct shim_slab *cut_slab(shim_arena *arena) {
  if (arena->rest < SLAB) {
    struct shim_region *region = malloc(sizeof(*region));
    if (region == NULL) return NULL;
    region->bytes = aligned_alloc(SLAB, REGION);
    if (region->bytes == NULL) {
      free(region);
      return NULL;
    }
    region->next = arena->regions;
    arena->regions = region;
    arena->fresh = region->bytes;
    arena->rest = REGION;
  }
  struct shim_slab *slab = (struct shim_slab *)arena->fresh;
  arena->fresh += SLAB;
  arena->rest -= SLAB;
  return slab;
}

// A slab for blocks of that many grains, with room in it.
static struct shim_slab *new_slab(shim_arena *arena, size_t count, int must) {
  struct shim_slab *slab = arena->empty;
  if (slab != NULL) {
    arena->empty = slab->next;
  } else {
    if (!must && !has_room(arena, SLAB)) return NULL;
    slab = arena->returned;
    if (slab != NULL) {
      arena->returned = slab->next;
    } else if ((slab = cut_slab(arena)) == NULL) {
      return NULL;
    }
    arena->bytes += SLAB;
  }
  slab->freed = NULL;
  slab->unused = sizeof(*slab);
  slab->live = 0;
  slab->capacity = (uint16_t)((SLAB - sizeof(*slab)) / (count * GRAIN));
  slab->grains = (uint16_t)count;
  open_slab(arena, slab);
  return slab;
}

static void *small(shim_arena *arena, size_t count, int must) {
  struct shim_slab *slab = arena->open[count];
  if (slab == NULL && (slab = new_slab(arena, count, must)) == NULL) return NULL;
  void *block = slab->freed;
  if (block != NULL) {
    slab->freed = *(void **)block;
  } else {
    block = (char *)slab + slab->unused;
    slab->unused = (uint16_t)(slab->unused + count * GRAIN);
  }
  if (++slab->live == slab->capacity) unlink_slab(slab);
  return block;
}

static void give_back(shim_arena *arena, void *block, size_t size) {
  if (size > SMALL) {
    struct shim_large *whole = (struct shim_large *)block - 1;
    unlink_large(whole);
    arena->bytes -= size;
    free(whole);
    return;
  }
  struct shim_slab *slab = (struct shim_slab *)((uintptr_t)block & ~(uintptr_t)(SLAB - 1));
  *(void **)block = slab->freed;
  slab->freed = block;
  if (slab->live-- == slab->capacity) {
    open_slab(arena, slab);
  } else if (slab->live == 0 && (arena->open[slab->grains] != slab || slab->next != NULL)) {
    // The last one with room is kept: a size that comes and goes would take and leave it each time.
    unlink_slab(slab);
    slab->next = arena->empty;
    arena->empty = slab;
  }
}

static void *resize_large(shim_arena *arena, void *block, size_t old, size_t size) {
  if (size > old && !has_room(arena, size - old)) return NULL;
  struct shim_large *whole = (struct shim_large *)block - 1;
  unlink_large(whole);
  struct shim_large *fresh = realloc(whole, sizeof(struct shim_large) + size);
  link_large(arena, fresh != NULL ? fresh : whole);
  if (fresh == NULL) return NULL;
  arena->bytes += size;
  arena->bytes -= old;
  return fresh + 1;
}

void *shim_arena_resize(shim_arena *arena, void *block, size_t old, size_t size) {
  if (size == 0) {
    if (block != NULL && old != 0) give_back(arena, block, old);
    return NULL;
  }
  if (block != NULL && old != 0) {
    if (old > SMALL && size > SMALL) return resize_large(arena, block, old, size);
    if (old <= SMALL && size <= SMALL && grains(old) == grains(size)) return block;
  }
  // Lua takes for granted that a block can be made smaller.
  int must = block != NULL && size <= old;
  void *fresh = size > SMALL ? large(arena, size, must) : small(arena, grains(size), must);
  if (fresh == NULL || block == NULL || old == 0) return fresh;
  memcpy(fresh, block, old < size ? old : size);
  give_back(arena, block, old);
  return fresh;
}

size_t *shim_arena_string_mark(void *block) { return &((struct shim_large *)block - 1)->is_string; }

void shim_arena_release(shim_arena *arena) {
  while (arena->large != NULL) {
    struct shim_large *block = arena->large;
    arena->large = block->next;
    free(block);
  }
  while (arena->regions != NULL) {
    struct shim_region *region = arena->regions;
    arena->regions = region->next;
    free(region->bytes);
    free(region);
  }
}
