#ifndef SQLITE_GUARD_H
#define SQLITE_GUARD_H

struct sqlite3;

/// Sets up a connection to a database file that somebody else may have written.
///
/// Triggers and views do not run, the schema is not trusted, the schema and the shadow tables cannot be
/// edited, nothing can be attached or loaded, and rows and statements have bounded sizes.
///
/// Returns 0, or the SQLite result code of the first setting that could not be made.
int sqlite_guard_apply(struct sqlite3 *database);

#endif
