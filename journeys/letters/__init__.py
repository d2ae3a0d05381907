"""The letters with which candidates ask for an answer: one for each step, in two languages and two tones.

`texts` reads them from the files in texts/, `filling` puts a person's own words into their blanks.
"""
