"""The cookie by which a browser knows its reader's own comments. Set on posting, never on a read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from blog.comments.models import Token
from cms.http import cookies

COOKIE = "own_comments"  # without a prefix it is read too: browsers may have it from before there was one
MOST = 20
MAX_AGE = 30 * 24 * 3600
LONGEST = MOST * 64


def tokens(request: HttpRequest) -> list[str]:
    """Return the author's tokens a browser holds, the newest last; none from a malformed cookie."""
    value = request.COOKIES.get(cookies.name(COOKIE)) or request.COOKIES.get(COOKIE, "")
    if len(value) > LONGEST:
        return []
    return [token for token in value.split(".") if token.startswith(Token.PREFIX)][-MOST:]


def any_held(request: HttpRequest) -> bool:
    return not {cookies.name(COOKIE), COOKIE}.isdisjoint(request.COOKIES)


def remember(request: HttpRequest, response: HttpResponse, token: str) -> None:
    kept = [*tokens(request), token][-MOST:]
    response.set_cookie(
        cookies.name(COOKIE),
        ".".join(kept),
        max_age=MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
