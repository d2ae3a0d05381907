"""Pages that every visitor sees alike."""

from django.views.decorators.cache import cache_control

shared = cache_control(public=True, no_cache=True)
"""For a view whose page depends on nothing but its address, its language, the day and what agencies.models.version
watches. Browsers and proxies may keep it and ask each time whether it is still true; config.page_cache answers.
"""
