"""Measurements and proofs on real servers: `make bench`, `make prove-reminders`."""
