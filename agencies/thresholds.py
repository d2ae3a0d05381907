"""How much must be known before a number is shown: part of the formula, and what lists say is missing."""

MIN_VOICES = 5  # persons whose reviews count
MIN_WAITS = 8
MIN_WAIT_PERSONS = 5
