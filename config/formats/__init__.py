"""Dates and times as people here read them, where Django's own formats for a language differ."""
