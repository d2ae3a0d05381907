"""Our numbers against those of others' code: `make verify`."""
