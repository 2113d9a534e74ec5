"""How long the head and the body of a request may be, before anything reads them."""

import re
from io import BytesIO
from itertools import islice

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.db.utils import Error as DatabaseError
from django.utils.http import parse_header_parameters
from django.utils.module_loading import import_string
from granian.rsgi import Scope
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from cms.front import wsgi
from cms.front.bodies import Body, RefusedRequestError
from cms.http import lost_login, proxies
from cms.rate_limit import actions as rate_limit
from cms.rate_limit import clients
from cms.reading.sites import find_site
from cms.second_factor.half import is_whole
from home.api import contact
from home.contact.site_settings import MessageSettings
from home.contact.views import MOST_AT_ONCE
from home.models import ContactPage

KILOBYTE, MEGABYTE = 1024, 1024 * 1024

LINE = 8 * KILOBYTE  # of an address, and of each header; nginx and Apache take no more either
CONTENT_TYPE = KILOBYTE  # Python 3.11 reads its parameters in time that grows with the square
ONCE = ("content-type", "host")  # we and Django, or a proxy and Django, would each go by another one
WITHOUT_CHARSETS = ("content-type", "accept")
A_CHARSET = re.compile(r"\*\s*=")  # RFC 2231; Django 5.2 fails on one that it does not know

FORM = 192 * KILOBYTE  # three times the longest comment or message with each byte written as %F0
FORM_IN_PARTS = FORM // 3  # where no byte is written with three: reading parts takes longest of all
MOST_PARTS = 32  # of what a visitor sends, files included
PARTS_OF_A_SHORT_FORM = 1000  # of the admin; more than FORM_IN_PARTS bytes of a browser ever are
# Of a stranger's long form of the admin. A header of semicolons is read in time that grows with the square.
MOST_SEMICOLONS, MOST_LINES = 20_000, 50_000
MOST_BAD_ESCAPES = 1_000  # of a form; no browser sends one: a % without two digits, slow to read
BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
EDITOR = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # what Django reads of a form without its files
FILE = max(settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE) + MEGABYTE

MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
OPEN_TO_ALL = (*lost_login.OPEN_TO_ALL, "/api/")
MESSAGE_WITH_FILES = re.compile(r"/api/v1/contact/([^/]+)/files/")
TAKE_FILES = ("images/", "documents/", "redirects/import/", "set-up/look/")
FILES = tuple(f"{settings.ADMIN_PATH}{each}" for each in TAKE_FILES)


def refuse_head(scope: Scope) -> int:
    """Return the status that refuses a head: 414 or 431 for its length, 400 for what cannot be read."""
    if len(scope.path) + len(scope.query_string) > LINE:
        return 414
    if any(_is_ambiguous(scope, name) for name in ONCE):
        return 400
    sizes = {"content-type": 0}
    for name, value in scope.headers.items():
        sizes[name] = sizes.get(name, 0) + len(value)
        if name in WITHOUT_CHARSETS and A_CHARSET.search(value):
            return 400
    return 431 if max(sizes.values()) > LINE or sizes["content-type"] > CONTENT_TYPE else 0


def _is_ambiguous(scope: Scope, name: str) -> bool:
    """
    Say whether a header comes twice, or begins with one that is not ASCII.

    Granian 2.8 leaves such a value out of ``items`` and ``get_all``; ``get`` looks at the first alone.
    """
    headers = scope.headers
    if name not in headers:
        return False
    values = headers.get_all(name)  # type: ignore[attr-defined]  # granian's stubs leave it out
    return headers.get(name) is None or len(values) > 1


def of_form(content_type: str) -> int:
    """Return the most bytes that a body may have, wherever it is sent and by whom."""
    return FORM_IN_PARTS if content_type.lower().startswith(MULTIPART) else FORM


def may_be_longer(path: str) -> bool:
    return not path.startswith(OPEN_TO_ALL) or MESSAGE_WITH_FILES.fullmatch(path) is not None


def of(environ: wsgi.Environ) -> int:
    """
    Return the most bytes that a longer body may have; 0 where it may not be longer.

    Raises RefusedRequestError while the database is away: what comes may be a message with its files.
    """
    close_old_connections()
    proxies.believe(environ)
    request = WSGIRequest(environ)
    try:
        if request.path.startswith(settings.ADMIN_PATH):
            return _of_staff(request)
        return MOST_AT_ONCE if _takes_files(request) else 0
    except DatabaseError as error:
        raise RefusedRequestError(503) from error


def too_many_parts(scope: Scope, body: Body) -> bool:
    """
    Say whether a form has too many parts; a long form of the admin has thousands of fields.

    Raises RefusedRequestError while the database, which knows whose form it is, is away.
    """
    kind, given = parse_header_parameters(scope.headers.get("content-type", ""))
    if kind != MULTIPART:
        return False
    found = body.count(b"--" + given.get("boundary", "").encode())
    if not may_be_longer(scope.path) or not scope.path.startswith(settings.ADMIN_PATH):
        return found > MOST_PARTS
    if body.size <= FORM_IN_PARTS:
        return found > PARTS_OF_A_SHORT_FORM
    hard = (
        found > lost_login.MOST_FIELDS or body.count(b";") > MOST_SEMICOLONS or body.count(b"\n") > MOST_LINES
    )
    return hard and not _is_of_staff(scope)


def is_badly_escaped(scope: Scope, body: Body) -> bool:
    """Say whether a form has more bad escapes than a mistake makes. Django reads none longer than EDITOR."""
    is_form = scope.headers.get("content-type", "").lower().startswith(URLENCODED)
    if not is_form or body.size > EDITOR:
        return False
    found = islice(BAD_ESCAPE.finditer(body.read()), MOST_BAD_ESCAPES + 1)
    return len(list(found)) > MOST_BAD_ESCAPES


def _is_of_staff(scope: Scope) -> bool:
    """Raises RefusedRequestError while the database is away."""
    close_old_connections()
    try:
        return _is_logged_in(WSGIRequest(wsgi.environ(scope, BytesIO(), 0)))
    except DatabaseError as error:
        raise RefusedRequestError(503) from error


def _of_staff(request: WSGIRequest) -> int:
    """
    People whose log-in has ended may send a long form now and then, to get their words back.

    An autosave is given nothing back: it would only take what the form itself needs.
    """
    if _is_logged_in(request):
        return FILE if request.path.startswith(FILES) else EDITOR
    if lost_login.is_autosave(request):
        return 0
    try:
        rate_limit.take_post(clients.client_of(request, "words of a lost log-in"))
    except rate_limit.TooManyError:
        return 0
    return EDITOR


def _is_logged_in(request: WSGIRequest) -> bool:
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user.is_authenticated and is_whole(request, user)


def _takes_files(request: WSGIRequest) -> bool:
    """Say whether a message with files may be sent here."""
    if by_api := MESSAGE_WITH_FILES.fullmatch(request.path_info):
        return contact.takes_files(request, by_api[1])
    page = Page.find_for_request(request, request.path_info) or _moved_from(request)
    return isinstance(page, ContactPage) and MessageSettings.of(page).take_files


def _moved_from(request: WSGIRequest) -> Page | None:
    """Return the page that an old address leads on to."""
    here = Redirect.get_for_site(find_site(request))
    redirect = here.filter(old_path=Redirect.normalise_path(request.path_info)).first()
    return redirect and redirect.redirect_page and redirect.redirect_page.specific
