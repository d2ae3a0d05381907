"""The picture of an article beside a shared link: its title, set large."""

from django.conf import settings
from django.utils.translation import gettext as _

from guides.library import Article
from pictures.answers import version_of
from pictures.canvas import Canvas


def version(article: Article) -> str:
    return version_of(article.language, article.title)


def url(article: Article) -> str:
    return article.picture_url(version(article))


def draw(article: Article) -> bytes:
    """In the language that is active, which is the article's."""
    canvas = Canvas()
    canvas.kicker(_("Ratgeber"))
    canvas.headline(article.title, height=370)
    canvas.foot(settings.SITE_NAME, _("Bewertungen von Personalberatungen"))
    return canvas.png()
