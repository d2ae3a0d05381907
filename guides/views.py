"""The guides: their list, one article, its picture, and the feed. None of them asks the database."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from guides import covers, library, machines
from pictures.answers import answer


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    return render(request, "guides/article_list.html", {"articles": library.articles(_language())})


@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = _article(slug)
    context = {
        "article": article,
        "related": library.related(article),
        "picture_url": covers.url(article),
        "structured": machines.structured(article),
        "mail": _mail(article),
    }
    return render(request, "guides/article_detail.html", context)


@require_safe
def article_picture(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    article = _article(slug)
    return answer(
        request, version, covers.version(article), covers.url(article), lambda: covers.draw(article)
    )


@require_safe
@cache_control(public=True, max_age=3600)
def feed(request: HttpRequest) -> HttpResponse:
    language = _language()
    page = reverse("guides:article-list")
    xml = machines.atom(library.articles(language), language, page, request.path)
    return HttpResponse(xml, content_type="application/atom+xml; charset=utf-8")


def _article(slug: str) -> library.Article:
    if article := library.find(slug, _language()):
        return article
    raise Http404


def _language() -> str:
    return get_language() or "de"


def _mail(article: library.Article) -> str:
    """Opens a mail that tells somebody about the article."""
    body = f"{article.description}\n\n{machines.absolute(article.get_absolute_url())}\n"
    return f"mailto:?subject={quote(article.title)}&body={quote(body)}"
