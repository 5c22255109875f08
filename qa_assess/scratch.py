"""A database for what a run has to look up again: temporary, on the disk, and removed by the system."""

import sqlite3

# In kB: what of it is kept in memory.
_CACHE = 4_096


def scratch_database(schema: str) -> sqlite3.Connection:
    """An empty database in the folder for temporary files, which goes when it is closed or the process ends.

    Args:
        schema: Statements that make its tables.

    >>> store = scratch_database("CREATE TABLE seen (id TEXT)")
    >>> store.execute("INSERT INTO seen VALUES ('1')").rowcount
    1
    """
    store = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    store.executescript(f"PRAGMA cache_size = -{_CACHE}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {schema}")
    return store
