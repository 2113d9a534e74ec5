"""The picture that stands for a page where a link to it is shared; reading draws none and asks for none."""

from typing import NamedTuple
from urllib.parse import urljoin

from django.http import HttpRequest
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Page

from cms.brand.drawing import SHARED
from cms.brand.models import SiteIdentity
from cms.pictures import renditions, specs
from cms.reading.sites import find_site


class Made(NamedTuple):
    """A picture made of the brand, with what templates and the API ask of a rendition."""

    full_url: str
    alt: str
    width: int = SHARED[0]  # pixels
    height: int = SHARED[1]


class TitlePictureMixin:
    """For a kind of page that gets a picture with its title where it has none of its own."""


def of(page: Page, own: AbstractImage | None, request: HttpRequest) -> AbstractRendition | Made:
    """Return the page's own, the site's, or one made of the brand: with the title for some kinds."""
    if drawn := renditions.one(own, specs.SHARED):
        return drawn
    return _of_site(page, SiteIdentity.for_request(request), request)


def _of_site(page: Page, identity: SiteIdentity, request: HttpRequest) -> AbstractRendition | Made:
    if identity.social_picture_id and (drawn := renditions.one(identity.social_picture, specs.SHARED)):
        return drawn
    if page.pk and issubclass(type(page), TitlePictureMixin):  # one that is not saved yet is previewed
        return Made(_absolute(identity.title_picture_url(page), request), page.title)
    return Made(_absolute(identity.icon_url("share.png"), request), str(identity.name))


def _absolute(path: str, request: HttpRequest) -> str:
    site = find_site(request)
    return urljoin(site.root_url if site else request.build_absolute_uri("/"), path)
