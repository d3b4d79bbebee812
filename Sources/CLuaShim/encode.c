// Lua values to a tape: raw, bounded, in a fixed order.
//
// Nothing here allocates in Lua or raises, so that it can also read what a failed coroutine left.
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH_MAX = 100, ABSENT = -1 };

typedef struct {
  shim_session *s;
  lua_State *L;
  shim_buffer *out;
  size_t start;
  uint64_t nodes;
  int depth;
  const char *problem;
  const void *open[DEPTH_MAX];  // the tables that the value is in
  struct {
    lua_Integer index;  // in the array part, or 0
    size_t key;         // the key's place on the tape
  } path[DEPTH_MAX];
} encoder;

// A field on the tape, key and value.
typedef struct {
  uint32_t start;
  uint32_t count;
} field;

static int encode_value(encoder *e, int index);

static int fail(encoder *e, const char *problem) {
  if (e->problem == NULL) e->problem = problem;
  return 0;
}

// Counts work, and looks at the clock as `charge` does, but raises nothing.
static int count_work(encoder *e, uint64_t amount) {
  shim_session *s = e->s;
  s->instructions += amount;
  s->due += amount;
  if (s->reason == SHIM_RUNNING && s->due < (uint64_t)s->interval) return 1;
  if (s->due > s->largest_work) s->largest_work = s->due;
  s->due = 0;
  return (s->reason == SHIM_RUNNING && !shim_look(s)) || fail(e, "the script was stopped");
}

static int put_word(encoder *e, uint8_t tag, const void *word) {
  uint8_t *place = buffer_room(e->out, 9);
  if (place == NULL) return fail(e, "not enough memory");
  place[0] = tag;
  memcpy(place + 1, word, 8);
  return 1;
}

static int put_text(encoder *e, int index) {
  size_t length;
  const char *text = lua_tolstring(e->L, index, &length);
  if (e->out->count - e->start + length > e->s->limits.value_bytes) {
    return fail(e, "a value is too large to be handed over");
  }
  if (!count_work(e, length / 8)) return 0;
  uint8_t *place = length < UINT32_MAX ? buffer_room(e->out, 5 + length) : NULL;
  if (place == NULL) return fail(e, "not enough memory");
  uint32_t word = (uint32_t)length;
  place[0] = utf8_is_sound(text, length) ? SHIM_TAG_STRING : SHIM_TAG_BYTES;
  memcpy(place + 1, &word, 4);
  memcpy(place + 5, text, length);
  return 1;
}

static int put_opaque(encoder *e, int index) {
  size_t length = lua_rawlen(e->L, index);
  if (e->out->count - e->start + length > e->s->limits.value_bytes) {
    return fail(e, "a value is too large to be handed over");
  }
  if (!count_work(e, length / 32)) return 0;
  return (buffer_byte(e->out, SHIM_TAG_OPAQUE)
          && buffer_text(e->out, lua_touserdata(e->L, index), length))
      || fail(e, "not enough memory");
}

static int is_array_key(lua_State *L, int index, int type, lua_Integer count) {
  if (type != LUA_TNUMBER || !lua_isinteger(L, index)) return 0;
  lua_Integer key = lua_tointegerx(L, index, NULL);
  return key >= 1 && key <= count;
}

static int encode_key(encoder *e, int index, int type) {
  switch (type) {
    case LUA_TSTRING:
      e->nodes += 1;
      return put_text(e, index);
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TUSERDATA:
      return encode_value(e, index);
    default:
      return fail(e, "a table with a table or a function as a key cannot be handed over");
  }
}

static double number_at(const uint8_t *place, long double *exact) {
  if (place[0] == SHIM_TAG_INTEGER) {
    int64_t integer;
    memcpy(&integer, place + 1, 8);
    *exact = (long double)integer;  // 64 bits of mantissa: as it is
    return (double)integer;
  }
  double number;
  memcpy(&number, place + 1, 8);
  *exact = (long double)number;
  return number;
}

// Numbers, strings, false, true, all else as it comes.
static int rank_of(uint8_t tag) {
  switch (tag) {
    case SHIM_TAG_INTEGER:
    case SHIM_TAG_NUMBER: return 0;
    case SHIM_TAG_STRING:
    case SHIM_TAG_BYTES: return 1;
    case SHIM_TAG_FALSE: return 2;
    case SHIM_TAG_TRUE: return 3;
    default: return 4;
  }
}

static int is_before(const uint8_t *a, const uint8_t *b) {
  int rank = rank_of(*a), other = rank_of(*b);
  if (rank != other) return rank < other;
  if (rank == 0) {
    long double left, right;
    number_at(a, &left);
    number_at(b, &right);
    return left < right;
  }
  if (rank == 1) {
    uint32_t left, right;
    memcpy(&left, a + 1, 4);
    memcpy(&right, b + 1, 4);
    int order = memcmp(a + 5, b + 5, left < right ? left : right);
    return order != 0 ? order < 0 : left < right;
  }
  return 0;
}

// A stable merge sort; other is as large as fields.
static void sort_fields(const uint8_t *tape, field *fields, field *other, size_t count) {
  if (count < 12) {
    for (size_t i = 1; i < count; i++) {
      field moving = fields[i];
      size_t j = i;
      for (; j > 0 && is_before(tape + moving.start, tape + fields[j - 1].start); j--) {
        fields[j] = fields[j - 1];
      }
      fields[j] = moving;
    }
    return;
  }
  size_t half = count / 2, left = 0, right = half;
  sort_fields(tape, fields, other, half);
  sort_fields(tape, fields + half, other + half, count - half);
  memcpy(other, fields, count * sizeof(field));
  for (size_t i = 0; i < count; i++) {
    int takes_right = left >= half
        || (right < count && is_before(tape + other[right].start, tape + other[left].start));
    fields[i] = takes_right ? other[right++] : other[left++];
  }
}

// Puts the fields that were written from start on into their order.
static int order_fields(encoder *e, size_t mark, size_t count) {
  shim_buffer *scratch = &e->s->scratch, *out = e->out;
  if (count < 2) return 1;
  if (buffer_room(scratch, count * sizeof(field)) == NULL) return fail(e, "not enough memory");
  field *fields = (field *)(scratch->bytes + mark);
  size_t start = fields[0].start, size = out->count - start;
  // Keys may share most of what they are, and are compared a few times each; all is copied twice.
  if (!count_work(e, count * 8 + size / 4)) return 0;
  sort_fields(out->bytes, fields, fields + count, count);
  size_t written = scratch->count;
  if (buffer_room(scratch, size) == NULL) return fail(e, "not enough memory");
  fields = (field *)(scratch->bytes + mark);
  uint8_t *copy = scratch->bytes + written;
  memcpy(copy, out->bytes + start, size);
  uint8_t *place = out->bytes + start;
  for (size_t i = 0; i < count; i++) {
    memcpy(place, copy + (fields[i].start - start), fields[i].count);
    place += fields[i].count;
  }
  return 1;
}

static lua_Integer encode_array(encoder *e, int index) {
  int top = lua_gettop(e->L);
  for (lua_Integer i = 1;; i++) {
    if (lua_rawgeti(e->L, index, i) == LUA_TNIL) {
      lua_settop(e->L, top);
      return i - 1;
    }
    e->path[e->depth - 1].index = i;
    int done = encode_value(e, top + 1);
    lua_settop(e->L, top);
    if (!done) return ABSENT;
  }
}

static int encode_fields(encoder *e, int index, lua_Integer array_count, size_t *count) {
  lua_State *L = e->L;
  shim_buffer *scratch = &e->s->scratch;
  *count = 0;
  lua_pushnil(L);
  int key = lua_gettop(L);
  while (lua_next(L, index)) {
    int value = key + 1, type = lua_type(L, key);
    if (!is_array_key(L, key, type, array_count)) {
      field entry = {(uint32_t)e->out->count, 0};
      e->path[e->depth - 1].index = 0;
      e->path[e->depth - 1].key = e->out->count;
      if (!encode_key(e, key, type) || !encode_value(e, value)) return 0;
      entry.count = (uint32_t)e->out->count - entry.start;
      uint8_t *place = buffer_room(scratch, sizeof(entry));
      if (place == NULL) return fail(e, "not enough memory");
      memcpy(place, &entry, sizeof(entry));
      *count += 1;
    }
    lua_settop(L, key);
  }
  return 1;
}

static int encode_table(encoder *e, int index) {
  lua_State *L = e->L;
  shim_buffer *out = e->out;
  const void *identity = lua_topointer(L, index);
  for (int i = 0; i < e->depth; i++) {
    if (e->open[i] != identity) continue;
    return fail(e, "a table that contains itself cannot be handed over");
  }
  if ((uint64_t)e->depth >= e->s->limits.value_depth || e->depth >= DEPTH_MAX
      || !lua_checkstack(L, 6)) {
    return fail(e, "a value is nested too deep to be handed over");
  }
  e->open[e->depth++] = identity;
  size_t header = out->count;
  uint8_t *place = buffer_room(out, 10);
  if (place == NULL) return fail(e, "not enough memory");
  place[0] = SHIM_TAG_TABLE;
  place[9] = (uint8_t)is_marked(e->s, L, index);
  lua_Integer array_count = encode_array(e, index);
  if (array_count == ABSENT) return 0;
  size_t mark = (e->s->scratch.count + 7) & ~(size_t)7, field_count;
  if (buffer_room(&e->s->scratch, mark - e->s->scratch.count) == NULL) {
    return fail(e, "not enough memory");
  }
  if (!encode_fields(e, index, array_count, &field_count)) return 0;
  if (!order_fields(e, mark, field_count)) return 0;
  e->s->scratch.count = mark;
  uint32_t counts[2] = {(uint32_t)array_count, (uint32_t)field_count};
  memcpy(out->bytes + header + 1, counts, 8);
  e->depth -= 1;
  return 1;
}

static int encode_value(encoder *e, int index) {
  lua_State *L = e->L;
  e->nodes += 1;
  if (!count_work(e, 1)) return 0;
  if (e->nodes > e->s->limits.value_nodes) {
    return fail(e, "a value has too many parts to be handed over");
  }
  switch (lua_type(L, index)) {
    case LUA_TNIL:
      return buffer_byte(e->out, SHIM_TAG_NIL) || fail(e, "not enough memory");
    case LUA_TBOOLEAN:
      return buffer_byte(e->out, lua_toboolean(L, index) ? SHIM_TAG_TRUE : SHIM_TAG_FALSE)
          || fail(e, "not enough memory");
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        lua_Integer integer = lua_tointegerx(L, index, NULL);
        return put_word(e, SHIM_TAG_INTEGER, &integer);
      } else {
        lua_Number number = lua_tonumberx(L, index, NULL);
        return put_word(e, SHIM_TAG_NUMBER, &number);
      }
    case LUA_TSTRING:
      return put_text(e, index);
    case LUA_TTABLE:
      return encode_table(e, index);
    case LUA_TUSERDATA:
      if (!is_null(L, index)) return put_opaque(e, index);
      return buffer_byte(e->out, SHIM_TAG_NULL) || fail(e, "not enough memory");
    case LUA_TFUNCTION:
      return buffer_byte(e->out, SHIM_TAG_FUNCTION) || fail(e, "not enough memory");
    default:
      return fail(e, "a coroutine cannot be handed over");
  }
}

// The path to the value that could not be written, such as `.a[3].b`.
static void describe(const encoder *e, char *problem) {
  size_t length = (size_t)snprintf(problem, PROBLEM_SIZE, "%s", e->problem);
  if (e->depth == 0) return;
  length += (size_t)snprintf(problem + length, PROBLEM_SIZE - length, " (at ");
  for (int i = 0; i < e->depth && length < PROBLEM_SIZE - 50; i++) {
    const uint8_t *key = e->out->bytes + e->path[i].key;
    char *end = problem + length;
    size_t room = PROBLEM_SIZE - length - 8;
    int count = 0;
    if (e->path[i].index > 0) {
      count = snprintf(end, room, "[%lld]", (long long)e->path[i].index);
    } else if (e->path[i].key >= e->out->count) {
      continue;
    } else if (*key == SHIM_TAG_STRING || *key == SHIM_TAG_BYTES) {
      uint32_t size;
      memcpy(&size, key + 1, 4);
      count = snprintf(end, room, ".%.*s", (int)(size < 40 ? size : 40), (const char *)key + 5);
    } else if (*key == SHIM_TAG_INTEGER || *key == SHIM_TAG_NUMBER) {
      long double exact;
      count = snprintf(end, room, "[%.14g]", number_at(key, &exact));
    } else {
      count = snprintf(end, room, "[?]");
    }
    length += (size_t)count < room ? (size_t)count : room - 1;
  }
  snprintf(problem + length, PROBLEM_SIZE - length, ")");
}

// Writes a count and the values from first to last. Returns 0 and a line that says why if it
// cannot; the coroutine's stack may then have more on it.
int shim_encode(
    shim_session *s, lua_State *L, shim_buffer *out, int first, int last, char *problem) {
  encoder e;
  e.s = s;
  e.L = L;
  e.out = out;
  e.start = out->count;
  e.nodes = 0;
  e.depth = 0;
  e.problem = NULL;
  s->scratch.count = 0;
  int done = buffer_count(out, (size_t)(last - first + 1)) || fail(&e, "not enough memory");
  for (int index = first; done && index <= last; index++) {
    done = encode_value(&e, index);
  }
  if (!done) describe(&e, problem);
  return done;
}
