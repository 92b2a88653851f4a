"""Checks of deploy/, one module per kind of file. Each has `run(have, work)`, which yields (check, passed, detail);
passed is None where a check had to be skipped, and the detail then says why."""
