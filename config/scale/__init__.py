"""Synthetic data of any size, to measure on: agencies, reviews and waits that PostgreSQL draws itself.

Every value is drawn from a hash of the row's number, so the same call on the same day makes the same rows. Nothing of
it is real, and every name ends in "(Demo)". `filling.fill` fills an empty database, `database` is its keeper.
"""
