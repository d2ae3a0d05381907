"""The open data set: every number the site publishes about agencies, with the sums it follows from.

`entries` says what may be published, `files` writes it once a night and finds it again, `verify` recomputes it from
the file alone. Persons appear only as numbers, and only where five of them stand behind one (docs/decisions/0018).
"""
