"""The environment sets the address of the site; Wagtail's and Django's own records follow it."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site as DjangoSite
from wagtail.models import Site

PORTS = {"http": 80, "https": 443}


def follow_site_url(**kwargs: Any) -> None:
    """Point the default site at ``SITE_URL``: absolute links in feeds and the sitemap come from it."""
    address = urlsplit(settings.SITE_URL)
    port = address.port or PORTS[address.scheme]
    Site.objects.filter(is_default_site=True).update(hostname=address.hostname, port=port)
    Site.clear_site_root_paths_cache()
    DjangoSite.objects.update_or_create(
        pk=settings.SITE_ID, defaults={"domain": address.netloc, "name": address.netloc}
    )
    DjangoSite.objects.clear_cache()
