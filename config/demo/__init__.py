"""Invented agencies, people and reviews, the same on every machine, dated from the day of loading."""
