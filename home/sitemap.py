"""The sitemap of the requested site; an empty one where there is no such site."""

from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.reading import public_pages
from cms.reading.sites import find_site


class PublicPages(Sitemap):
    def items(self) -> PageQuerySet:
        if find_site(self.request) is None:
            return Page.objects.none()
        pages = public_pages.in_site(Page.objects.all(), self.request)
        return public_pages.of(pages).order_by("path").defer_streamfields().specific()
