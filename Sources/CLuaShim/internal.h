// What the files of the shim share.
#ifndef CLUASHIM_INTERNAL_H
#define CLUASHIM_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // memmem, strdup
#endif
#include <lauxlib.h>
#include <lua.h>
#include <stdatomic.h>
#include <string.h>

#include "CLuaShim.h"

// Places in the registry, after the two that Lua keeps there.
enum {
  SLOT_BASE = LUA_RIDX_LAST + 1,  // the coroutine of the entry that runs
  SLOT_ENTRIES,                   // the table that the prelude returned
  SLOT_ARRAY,                     // the metatable that marks arrays
  SLOT_KINDS,                     // kind of opaque -> metatable
  SLOT_METHODS,                   // kind of opaque -> methods
  SLOT_METATABLES,                // script's metatable -> private copy, weak keys
  SLOT_METANAMES,                 // the names of the metamethods that scripts may have
  SLOT_COROUTINES,                // the script's coroutines, weak keys
  SLOT_NULL,                      // json.null
  SLOT_NAMES,                     // the names of requests that have a number
  SLOT_MESSAGES,                  // strings that must never need memory
};

enum { METANAME_COUNT = 25, CHAIN_MAX = 220, INTERVAL = 1000, COROUTINE_INTERVAL = 100 };

struct shim_flag {
  atomic_int raised;
};

// A growing block of malloc'd bytes. It belongs to the session, so that a jump cannot leak it.
typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} shim_buffer;

typedef struct {
  char *source;  // as lua_getinfo gives it: '@' for a script, '=' for the host's own
  const char *last;  // where lua_getinfo last gave it, for comparing by address first
  char shown[LUA_IDSIZE];
} shim_chunk;

// Where a script is; line 0 for nowhere.
typedef struct {
  uint32_t chunk;
  uint32_t line;
} shim_place;

enum { SHIM_ARENA_SMALL = 512, SHIM_ARENA_GRAIN = 16 };

// The memory of a session: slabs that hold small blocks of one size each, and large blocks.
typedef struct {
  struct shim_region *regions;  // what slabs are cut from
  struct shim_slab *empty;      // slabs that any size may take
  struct shim_slab *returned;   // the same, but their pages were returned to the system
  struct shim_large *large;
  char *fresh;   // what is left of the newest region
  size_t rest;
  size_t bytes;  // the pages of slabs, and large blocks
  size_t limit;
  struct shim_slab *open[SHIM_ARENA_SMALL / SHIM_ARENA_GRAIN + 1];  // with room, by grains
} shim_arena;

struct shim_session {
  lua_State *main;
  lua_State *base;
  const shim_flag *flag;
  const void *null;  // json.null
  const char *metanames[METANAME_COUNT];
  shim_limits limits;

  int reason;  // one of SHIM_RUNNING and following; once set, never unset
  shim_place stopped_at;
  int is_deep;      // stopped in the depth of a recursion
  int is_pending;   // a request is on its way out through the script's coroutines
  int is_interrupted;  // and it is none of the script's, but the end of a slice
  int is_answered;  // the input tape holds an answer that nobody has read
  int is_raising;   // the answer is to be raised
  int is_open;      // the sandbox is complete: limits are in force
  size_t input_count;

  shim_arena arena;
  uint64_t memory, memory_peak;
  uint64_t largest;  // the weight of the largest block ever
  uint32_t heavy[64];  // the heavy blocks there are, by the logarithm of their weight
  int heaviest;        // the largest logarithm of them, or 0
  uint64_t refusals;
  const void *refused_block;
  size_t refused_size;
  uint64_t allocations;

  int interval;            // of the hook
  uint64_t instructions;
  uint64_t due;            // instructions since the last look at the clock
  uint64_t largest_work;   // the most that was due at a look
  int is_slice_timed;      // slice_began holds
  int is_processor_based;  // processor_base and processor_at hold
  uint64_t opened_at, looked_at, slice_began, processor_at;
  int64_t processor_base;  // the thread's processor time when the slice began
  uint64_t slice_used;     // processor time of this slice, of this step before it, of all steps before
  uint64_t step_used, processor_used;
  uint64_t slice_began_at;  // the instructions before this slice
  uint64_t posted;
  int is_suppressed;
  uint64_t coroutines_since_count, coroutines_allowed;
  uint64_t random[4];

  // The coroutines that run, each resumed by the one before.
  struct {
    lua_State *L;
    int can_yield;
    int is_worker;  // run by host.begin, for a function given to the host
  } chain[CHAIN_MAX];
  int chain_last;

  // Short strings that the registry holds: one address for each.
  struct {
    const char *text;
    size_t length;
  } names[SHIM_NAMES_MAX];

  shim_buffer input, output, posts, scratch;
  shim_chunk *chunks;
  uint32_t chunk_count;
};

static inline shim_session *session_of(lua_State *L) {
  return *(shim_session **)lua_getextraspace(L);
}

// arena.c
// Like realloc, with the old size told; making a block smaller always succeeds or keeps the block.
void *shim_arena_resize(shim_arena *arena, void *block, size_t old, size_t size);
// Whether a block of more than SHIM_ARENA_SMALL bytes is a string, as the caller noted it.
size_t *shim_arena_string_mark(void *block);
void shim_arena_release(shim_arena *arena);

// limits.c
void *shim_allocate(void *context, void *block, size_t old, size_t size);
void shim_watch(shim_session *s, lua_State *L);
void shim_stop(shim_session *s, int reason);
int shim_look(shim_session *s);
_Noreturn void shim_raise_stop(lua_State *L);
void shim_begin_step(shim_session *s);
void shim_begin_slice(shim_session *s);
void shim_end_slice(shim_session *s);
void shim_end_step(shim_session *s);
void shim_slow_charge(shim_session *s, lua_State *L);

// Counts work that no hook sees, and stops the script if that was too much.
static inline void charge(shim_session *s, lua_State *L, uint64_t amount) {
  s->instructions += amount;
  s->due += amount;
  if (s->due >= (uint64_t)s->interval || s->reason != SHIM_RUNNING) shim_slow_charge(s, L);
}

static inline void charge_bytes(lua_State *L, int index, unsigned each) {
  if (lua_type(L, index) == LUA_TSTRING) charge(session_of(L), L, lua_rawlen(L, index) / each + 1);
}

// Makes the strings among these arguments that are numbers into numbers, which is charged: a number
// may stand in megabytes of blanks, and one that many arguments share is converted for each.
void settle_numbers(lua_State *L, int first, int last);
// Whether one value is less than another, as `<` has it, and charged by what it compares.
int is_less_than(lua_State *L, int left, int right);

// buffer.c: these return NULL or 0 where there is no memory.
uint8_t *buffer_grow(shim_buffer *buffer, size_t size);
// Empties a buffer, and gives back what a large value made of it.
void buffer_trim(shim_buffer *buffer);

static inline uint8_t *buffer_room(shim_buffer *buffer, size_t size) {
  if (buffer->bytes == NULL || size > buffer->capacity - buffer->count) {
    return buffer_grow(buffer, size);
  }
  uint8_t *place = buffer->bytes + buffer->count;
  buffer->count += size;
  return place;
}

static inline int buffer_byte(shim_buffer *buffer, uint8_t byte) {
  uint8_t *place = buffer_room(buffer, 1);
  if (place == NULL) return 0;
  *place = byte;
  return 1;
}

static inline int buffer_count(shim_buffer *buffer, size_t count) {
  uint8_t *place = buffer_room(buffer, 4);
  uint32_t word = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
  if (place == NULL) return 0;
  memcpy(place, &word, 4);
  return 1;
}

int buffer_text(shim_buffer *buffer, const char *text, size_t length);
int buffer_place(shim_buffer *buffer, shim_place place);

// utf8.c
size_t utf8_character(const unsigned char *text, size_t left);
int utf8_is_sound(const char *text, size_t length);

// place.c
shim_place shim_find_place(shim_session *s, lua_State *L, int level);
int shim_frame_place(shim_session *s, lua_State *L, lua_Debug *frame, shim_place *place);
int shim_add_chunk(shim_session *s, const char *source, const char *shown);
_Noreturn void shim_fail(lua_State *L, const char *format, ...);
_Noreturn void shim_fail_with_top(lua_State *L);

// encode.c
enum { PROBLEM_SIZE = 200 };
int shim_encode(
    shim_session *s, lua_State *L, shim_buffer *out, int first, int last, char *problem);

// decode.c
typedef struct {
  lua_State *L;
  const uint8_t *next;
  const uint8_t *end;
  int depth;
} shim_reader;

// A little more than what the host may nest, which it checks itself: the reader calls itself.
enum { READ_DEPTH_MAX = 120 };
void push_value(shim_reader *reader);
_Noreturn void shim_broken_tape(lua_State *L);

static inline const uint8_t *read_bytes(shim_reader *reader, size_t size) {
  const uint8_t *place = reader->next;
  if (size > (size_t)(reader->end - place)) shim_broken_tape(reader->L);
  reader->next = place + size;
  return place;
}

static inline uint8_t read_byte(shim_reader *reader) { return *read_bytes(reader, 1); }

static inline uint32_t read_count(shim_reader *reader) {
  uint32_t count;
  memcpy(&count, read_bytes(reader, 4), 4);
  return count;
}

static inline const char *read_text(shim_reader *reader, size_t *length) {
  *length = read_count(reader);
  return (const char *)read_bytes(reader, *length);
}

// opaque.c
void push_opaque(shim_reader *reader);
void open_opaques(lua_State *L);
int host_methods(lua_State *L);
int host_begin(lua_State *L);
int worker_again(lua_State *L, int status, lua_KContext goes_on);
int host_kind(lua_State *L);

// The parts of the sandbox; each leaves the stack as it was.
void open_base(lua_State *L, int globals);
void open_metatables(lua_State *L);
void open_coroutines(lua_State *L, int globals);
void open_strings(lua_State *L, int globals);
void open_tables(lua_State *L, int globals);
void open_numbers(lua_State *L, int globals);
void open_utf8(lua_State *L, int globals);
void open_host(lua_State *L);  // pushes the host table
void seed_random(shim_session *s, uint64_t seed);

typedef struct {
  const char *name;
  lua_CFunction function;
} shim_entry;
// Sets functions in the table on top.
void set_functions(lua_State *L, const shim_entry *entries, size_t count);

// stock.c: the functions of the stock library, found once. Those that scripts get as they are:
// Finds all of them; NULL, or what is missing.
const char *open_stock(void);
enum { STOCK_BASE, STOCK_MATH, STOCK_OS, STOCK_STRING };
void set_stock(lua_State *L, int library);

// Those that the shim calls itself; written once, before the first session.
#define WRAPPED(X)                                                                           \
  X(base, tonumber) X(base, select) X(string, byte) X(string, char) X(string, format)        \
  X(string, lower) X(string, pack) X(string, packsize) X(string, reverse) X(string, sub)     \
  X(string, unpack) X(string, upper) X(utf8, codepoint) X(utf8, codes) X(utf8, len)          \
  X(utf8, offset) X(os, date) X(os, difftime) X(os, time)                                    \
  X(math, abs) X(math, acos) X(math, asin) X(math, atan) X(math, ceil) X(math, cos)          \
  X(math, deg) X(math, exp) X(math, floor) X(math, fmod) X(math, log) X(math, modf)          \
  X(math, rad) X(math, sin) X(math, sqrt) X(math, tan) X(math, tointeger) X(math, ult)       \
  X(arithmetic, __add) X(arithmetic, __sub) X(arithmetic, __mul) X(arithmetic, __mod)        \
  X(arithmetic, __pow) X(arithmetic, __div) X(arithmetic, __idiv) X(arithmetic, __unm)
typedef struct {
#define FIELD(library, name) lua_CFunction library##_##name;
  WRAPPED(FIELD)
#undef FIELD
} shim_stock_functions;
extern shim_stock_functions stocked;
extern lua_CFunction stocked_codes[2];  // what utf8.codes iterates with, strict and lax

// protect.c, order.c, coroutine.c, metatable.c, text.c, match.c, format.c
int base_pcall(lua_State *L);
int base_xpcall(lua_State *L);
int base_pairs(lua_State *L);
int base_next(lua_State *L);
int base_setmetatable(lua_State *L);
int base_getmetatable(lua_State *L);
int base_tostring(lua_State *L);
int base_tonumber(lua_State *L);
int base_select(lua_State *L);
const char *push_as_text(lua_State *L, int index, size_t *length);
int string_find(lua_State *L);
int string_match(lua_State *L);
int string_gmatch(lua_State *L);
int string_gsub(lua_State *L);
int string_rep(lua_State *L);
int string_format(lua_State *L);
int table_sort(lua_State *L);
int message_wrapper(lua_State *L);
int is_marked(shim_session *s, lua_State *L, int index);
void mark_array(lua_State *L, int index);
extern const char original_key, mark_key;
void push_null(lua_State *L);
int is_null(lua_State *L, int index);

// failure.c
int shim_write_error(shim_session *s, lua_State *L, int status);

// request.c
int can_yield(shim_session *s, lua_State *L);
_Noreturn void refuse_yield(lua_State *L, const char *what);

// prescan.c
const char *shim_prescan(const char *source, size_t length, int *line);

#endif
