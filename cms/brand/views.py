from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import get_language, get_language_bidi
from wagtail.models import Page

from cms.brand import manifest, pictures, stylesheet
from cms.brand.models import Drawing, PagePicture, SiteIdentity
from cms.reading import public_pages
from cms.reading.sites import find_site

FOR_EVER = "public, max-age=31536000, immutable"
NOT_WITHOUT_ASKING = "public, no-cache"


def brand_sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The sheet of the requested site as it is now, also for a page that was kept from before a change."""
    looks = SiteIdentity.for_request(request).looks
    response = HttpResponse(stylesheet.text(looks), content_type="text/css; charset=utf-8")
    return _kept(response, digest == stylesheet.digest(looks))


def brand_picture(request: HttpRequest, digest: str, name: str, kind: str) -> HttpResponse:
    """A picture made of the brand as it is drawn now, also for a page that was kept. Raises Http404."""
    site = find_site(request)
    return _picture(site and pictures.find(site, f"{name}.{kind}"), digest)


def page_picture(request: HttpRequest, digest: str, page_id: int) -> HttpResponse:
    """The title of a page that anyone may read, and that of the site until it is drawn. Raises Http404."""
    site, public = find_site(request), public_pages.of(Page.objects.filter(pk=page_id))
    if site is None or not public.exists():
        raise Http404
    return _picture(pictures.of_page(public) or pictures.find(site, "share.png"), digest)


def _picture(kept: Drawing | PagePicture | None, digest: str) -> HttpResponse:
    if kept is None:
        raise Http404
    kind = "image/webp" if str(kept) == "logo.webp" else "image/png"
    response = HttpResponse(bytes(kept.content), content_type=kind)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # front ends and feed readers show it, too
    return _kept(response, digest == kept.digest)


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead programs that ask for /favicon.ico without being told to."""
    return _lead_to(SiteIdentity.for_request(request).favicon_url)


def touch_icon(request: HttpRequest) -> HttpResponse:
    return _lead_to(SiteIdentity.for_request(request).touch_icon_url)


def web_manifest(request: HttpRequest) -> HttpResponse:
    identity = SiteIdentity.for_request(request)
    said = manifest.of(identity, str(get_language()), is_rtl=get_language_bidi())
    return _kept(JsonResponse(said, content_type="application/manifest+json"), False)


def _lead_to(url: str) -> HttpResponse:
    return _kept(HttpResponseRedirect(url), False)


def _kept(response: HttpResponse, for_ever: bool) -> HttpResponse:
    response["Cache-Control"] = FOR_EVER if for_ever else NOT_WITHOUT_ASKING
    return response
