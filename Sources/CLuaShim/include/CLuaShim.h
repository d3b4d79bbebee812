// The only door between Swift and Lua.
//
// Lua never calls Swift: a script that needs the host yields, and the call that ran it returns.
// Everything that can allocate in Lua or raise an error happens inside, under a protected call, so
// that no jump ever crosses a frame of the caller. Values cross in both directions as a tape of
// bytes: tags, and after them what each says of itself below, in the byte order of the machine.
#ifndef CLUASHIM_H
#define CLUASHIM_H

#include <stddef.h>
#include <stdint.h>

typedef struct shim_session shim_session;
typedef struct shim_flag shim_flag;

// Bytes that the shim owns; they are valid until the next call with the same session.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} shim_view;

typedef struct {
  uint64_t memory_bytes;
  uint64_t allocation_bytes;
  uint64_t instructions;
  uint64_t step_nanoseconds;  // processor time between two requests
  uint64_t processor_nanoseconds;
  uint64_t wall_nanoseconds;  // 0 for no limit
  uint64_t coroutines;
  uint64_t value_depth;
  uint64_t value_nodes;
  uint64_t value_bytes;
  uint64_t post_bytes;
  uint64_t slice_nanoseconds;   // how long a script runs before it lets others; 0 for ever
  uint64_t failing_allocation;  // for tests: from this one on all growth fails; 0 for none
} shim_limits;

typedef struct {
  uint64_t memory_bytes;
  uint64_t memory_peak_bytes;
  uint64_t instructions;
  uint64_t processor_nanoseconds;
  uint64_t largest_work;  // the most instructions that were counted between two looks at the clock
} shim_statistics;

// What a call that ran a script came back with. The details are on the output tape.
enum {
  SHIM_REQUEST = 1,   // chunk, line, number of the name, count and arguments of a request; where
                      // the number is SHIM_NAMES_MAX, the name follows as text
  SHIM_FINISHED = 2,  // the results of the entry function
  SHIM_FAILED = 3,    // an error: see failure.c
  SHIM_INTERRUPTED = 4,  // nothing: the slice is over, shim_continue goes on
};

// How many different names of requests have a number.
enum { SHIM_NAMES_MAX = 64 };

// Why a session was stopped for good.
enum {
  SHIM_RUNNING = 0,
  SHIM_MEMORY = 1,
  SHIM_ALLOCATION = 2,
  SHIM_INSTRUCTIONS = 3,
  SHIM_STEP_TIME = 4,
  SHIM_PROCESSOR_TIME = 5,
  SHIM_WALL_TIME = 6,
  SHIM_COROUTINES = 7,
  SHIM_CANCELLED = 8,
};

// Tags of the tape.
enum {
  SHIM_TAG_NIL = 0,
  SHIM_TAG_FALSE = 1,
  SHIM_TAG_TRUE = 2,
  SHIM_TAG_INTEGER = 3,   // 8 bytes
  SHIM_TAG_NUMBER = 4,    // 8 bytes
  SHIM_TAG_STRING = 5,    // text: 4 bytes of length, the bytes; from Lua only if they are UTF-8
  SHIM_TAG_NULL = 6,
  SHIM_TAG_TABLE = 7,     // 4 bytes: array count, 4: field count, 1: marked; values; key, value…
  SHIM_TAG_OPAQUE = 8,    // 4 bytes: length of the rest; texts: kind, payload, display; 4 bytes:
                          // field count; name as text, value, …
  SHIM_TAG_FUNCTION = 9,  // out of Lua only
  SHIM_TAG_PROGRAM = 10,  // into Lua only: name as text, bytecode as text
  SHIM_TAG_BYTES = 11,    // out of Lua only: as STRING, and not UTF-8
};

// How a source failed to compile.
enum {
  SHIM_COMPILED = 0,
  SHIM_SYNTAX = 1,
  SHIM_REFUSED = 2,
  SHIM_EXHAUSTED = 3,
};

// A flag that any thread may raise; sessions that were given it stop soon after. It must outlive
// them.
shim_flag *shim_flag_new(void);
void shim_flag_raise(shim_flag *flag);
int shim_flag_is_raised(const shim_flag *flag);
void shim_flag_free(shim_flag *flag);

// Whether the library that was linked is one this shim was tested with, and the measures against
// what it cannot take are in force; NULL, or what is wrong. It looks once, in some milliseconds.
const char *shim_check_library(void);
// The parts of that check, for tests: whether a library of that name is known, and whether a script
// ends for that reason (SHIM_RUNNING: returns) under small limits.
int shim_knows_library(const char *ident);
int shim_probe(const char *source, int reason);

// Compiles text to bytecode, which is written to *code and to be freed with free. On failure
// *message holds a line to be freed and *line the line, or 0.
int shim_compile(
    const char *source, size_t length, const char *chunkname, uint8_t **code, size_t *count,
    char **message, int *line);

// Makes a state with the sandbox in it, or returns NULL where memory is too small for that.
shim_session *shim_open(const shim_limits *limits, const shim_flag *flag, uint64_t seed);
void shim_close(shim_session *session);

// Room for an input tape of that many bytes, kept as it was where it grows; NULL if there is none.
uint8_t *shim_input(shim_session *session, size_t capacity);

// Runs the prelude. The input tape holds one PROGRAM.
int shim_prelude(shim_session *session, size_t count);
// Calls an entry. The input tape holds: entry as text, 4 bytes of argument count, arguments.
int shim_start(shim_session *session, size_t count);
// Goes on after an interruption.
int shim_continue(shim_session *session);
// Answers a request with the values on the input tape: 4 bytes of count, values.
int shim_answer(shim_session *session, size_t count);
// The same with one value that is a tag and, for numbers, a word.
int shim_answer_scalar(shim_session *session, uint8_t tag, uint64_t word);
// Answers a request by raising the one value on the input tape.
int shim_raise(shim_session *session, size_t count);

// What the last of these calls wrote.
shim_view shim_output(const shim_session *session);
// All posts since the last call of shim_clear_posts: for each its length in 4 bytes, then chunk,
// line, 4 bytes of count, values.
shim_view shim_posts(const shim_session *session);
void shim_clear_posts(shim_session *session);

// The name of a chunk, by the number that tapes carry; NULL if there is none.
const char *shim_chunk_name(const shim_session *session, uint32_t chunk);
// The name of a request, by its number. It never changes.
shim_view shim_request_name(const shim_session *session, uint32_t number);
// Counts instructions, time and posts anew.
void shim_renew(shim_session *session);
shim_statistics shim_measure(const shim_session *session);

#endif
