"""How much must be known before a number is shown. The list says what is missing, reviews.scoring decides."""

MIN_VOICES = 5  # persons whose reviews count
MIN_WAITS = 8
MIN_WAIT_PERSONS = 5
