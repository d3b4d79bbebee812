// The memory of a session. Small blocks are cut from chunks and kept by size when they are freed;
// large ones are the system's. A session that is closed gives back a few chunks and skips freeing
// its objects one by one, which is most of what closing a state costs.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

// Under the address sanitizer every block is the system's, so that it sees each of them.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SMALL = 0 };
#else
enum { SMALL = SHIM_ARENA_SMALL };
#endif
#else
enum { SMALL = SHIM_ARENA_SMALL };
#endif

enum { GRAIN = SHIM_ARENA_GRAIN, CHUNK = 16 * 1024 - 64 };

struct shim_slab {
  struct shim_slab *next;
  size_t unused; // keeps what follows on a grain
};

struct shim_large {
  struct shim_large *next;
  struct shim_large **link; // what points to this block
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

static void *large(shim_arena *arena, size_t size) {
  struct shim_large *block = malloc(sizeof(struct shim_large) + size);
  if (block == NULL) return NULL;
  link_large(arena, block);
  arena->bytes += size;
  return block + 1;
}

static void *small(shim_arena *arena, size_t count, int must) {
  void **kept = arena->kept[count];
  if (kept != NULL) {
    arena->kept[count] = *kept;
    return kept;
  }
  size_t size = count * GRAIN;
  if (arena->rest < size) {
    // Chunks are never given back before the end, so they count whole against the limit.
    if (arena->bytes + CHUNK > arena->limit && !must) return NULL;
    struct shim_slab *chunk = malloc(CHUNK);
    if (chunk == NULL) return NULL;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->bytes += CHUNK;
    arena->free = (char *)(chunk + 1);
    arena->rest = CHUNK - sizeof(struct shim_slab);
  }
  void *block = arena->free;
  arena->free += size;
  arena->rest -= size;
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
  size_t count = grains(size);
  *(void **)block = arena->kept[count];
  arena->kept[count] = block;
}

static void *resize_large(shim_arena *arena, void *block, size_t old, size_t size) {
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
  void *fresh = size > SMALL ? large(arena, size) : small(arena, grains(size), must);
  if (fresh == NULL || block == NULL || old == 0) return fresh;
  memcpy(fresh, block, old < size ? old : size);
  give_back(arena, block, old);
  return fresh;
}

void shim_arena_release(shim_arena *arena) {
  while (arena->large != NULL) {
    struct shim_large *block = arena->large;
    arena->large = block->next;
    free(block);
  }
  while (arena->chunks != NULL) {
    struct shim_slab *chunk = arena->chunks;
    arena->chunks = chunk->next;
    free(chunk);
  }
}
