"""How much must be known before a number is shown: part of the formula (reviews.scoring), and lists say what is missing."""

MIN_VOICES = 5  # persons whose reviews count
MIN_WAITS = 8
MIN_WAIT_PERSONS = 5
