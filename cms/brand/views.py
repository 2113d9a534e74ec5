from django.http import HttpRequest, HttpResponse

from cms.brand import stylesheet
from cms.brand.models import SiteIdentity

FOR_EVER = "public, max-age=31536000, immutable"
NOT_WITHOUT_ASKING = "public, no-cache"


def brand_sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The sheet of the requested site as it is now, also for a page that was kept from before a change."""
    looks = SiteIdentity.for_request(request).looks
    response = HttpResponse(stylesheet.text(looks), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER if digest == stylesheet.digest(looks) else NOT_WITHOUT_ASKING
    return response
