"""`/.well-known/security.txt` (RFC 9116): whom to tell of a weakness, as the owner of the site has said."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

# From the last start, which an update brings: a site left alone for so long says so by itself.
TRUE_FOR = timedelta(days=360)


def security_txt(request: HttpRequest) -> HttpResponse:
    """Raises Http404 where no contact is named."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    text = "".join(f"{name}: {value}\n" for name, value in _fields(request) if value)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        *(("Contact", contact) for contact in settings.SECURITY_CONTACT),
        ("Expires", f"{settings.STARTED + TRUE_FOR:%Y-%m-%dT%H:%M:%SZ}"),
        ("Policy", settings.SECURITY_POLICY),
        ("Encryption", settings.SECURITY_KEY),
        *(("Canonical", f"{origin}/.well-known/security.txt") for origin in _origins(request)),
        ("Preferred-Languages", settings.LANGUAGE_CODE.partition("-")[0]),
    ]


def _origins(request: HttpRequest) -> list[str]:
    """Return where the file is: at the site's own address, and at the host that was asked."""
    here = f"https://{request.get_host()}"
    return list(dict.fromkeys([settings.SITE_URL, here])) if settings.HTTPS else []
