"""What the owner of a site decides, read without being written."""

from functools import lru_cache
from typing import Self

from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Site

from cms.prepared import Given, Prepared


class SiteDecisions(BaseSiteSetting):
    """A site's settings, or the defaults: Wagtail's own would write a row when a page is read."""

    class Meta:
        abstract = True

    @classmethod
    def for_site(cls, site: Site | None) -> Self:
        return cls.for_site_id(site.pk if site else None)

    @classmethod
    def for_site_id(cls, site_id: int | None) -> Self:
        return _of_site(cls).first(site_id=site_id) or cls(site_id=site_id)


@lru_cache
def _of_site(settings: type[SiteDecisions]) -> Prepared:
    return Prepared(lambda: settings.base_queryset().filter(site_id=Given("site_id")))
