"""What the owner of a site decides, read without being written."""

from functools import lru_cache
from typing import Protocol, Self

from django.db import models
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Site

from cms.reading.prepared import Given, Prepared


class InATree(Protocol):
    url_path: str


def site_id_of(page: InATree) -> int | None:
    """Return which site a page is on. The roots come from Wagtail's cache, the longest path first."""
    roots = Site.get_site_root_paths()
    return next((root.site_id for root in roots if page.url_path.startswith(root.root_path)), None)


class SiteDecisions(BaseSiteSetting, models.Model):
    """A site's settings, or the defaults: Wagtail's own would write a row when a page is read."""

    class Meta:
        abstract = True

    @classmethod
    def for_site(cls, site: Site | None) -> Self:
        return cls.for_site_id(site.pk if site else None)

    @classmethod
    def for_page(cls, page: InATree) -> Self:
        """Those of the site a page is on; the defaults for a page on none."""
        return cls.for_site_id(site_id_of(page))

    @classmethod
    def for_site_id(cls, site_id: int | None) -> Self:
        return _of_site(cls).first(site_id=site_id) or cls(site_id=site_id)


@lru_cache
def _of_site(settings: type[SiteDecisions]) -> Prepared:
    return Prepared(lambda: settings.base_queryset().filter(site_id=Given("site_id")))
