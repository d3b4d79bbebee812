#include "sqlite_guard.h"

#include <sqlite3.h>
#include <stddef.h>

// `sqlite3_db_config` takes a variable number of arguments, so Swift cannot call it.

struct setting {
  int option;
  int value;
};

static const struct setting switches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
};

static const struct setting limits[] = {
    {SQLITE_LIMIT_LENGTH, 64 << 20},
    {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
    {SQLITE_LIMIT_COLUMN, 64},
    {SQLITE_LIMIT_EXPR_DEPTH, 64},
    {SQLITE_LIMIT_COMPOUND_SELECT, 4},
    {SQLITE_LIMIT_FUNCTION_ARG, 16},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1 << 10},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 64},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

int sqlite_guard_apply(struct sqlite3 *database) {
  for (size_t index = 0; index < sizeof switches / sizeof *switches; index++) {
    int now = -1;
    int code = sqlite3_db_config(database, switches[index].option, switches[index].value, &now);
    if (code != SQLITE_OK) return code;
    if (now != switches[index].value) return SQLITE_MISUSE;
  }
  for (size_t index = 0; index < sizeof limits / sizeof *limits; index++) {
    sqlite3_limit(database, limits[index].option, limits[index].value);
  }
  return SQLITE_OK;
}
