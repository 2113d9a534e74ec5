"""One API for all routers."""

from django.urls import URLPattern, URLResolver

from blog.api import posts, terms
from blog.comments.desk import api as moderation
from blog.comments.posting import api as comments
from cms.api.document import DocumentedAPI
from cms.api.manners import Parameters, with_manners
from cms.errors import problems
from cms.http.methods import read_only
from home.api import contact, pages, previews, search, site

api = DocumentedAPI(
    title="Site API",
    version="1",
    description="Content, comments and messages of the site, and moderation with a token of staff. "
    "No answer holds an e-mail address. Errors are `application/problem+json` (RFC 9457). What can "
    "be read only with a log-in or a password is answered as if it were not there.",
    urls_namespace="api-1",
    openapi_url="/openapi.json",
    docs_url="/docs",
    docs_decorator=read_only,
)
problems.register(api)
for door in (posts, terms, pages, previews, site, search, comments, contact, moderation):
    api.add_router("", door.router)


def urls() -> tuple[list[URLResolver | URLPattern], str, str]:
    """Return what the API answers, with what Ninja leaves out."""
    patterns, app, namespace = api.urls
    known = Parameters(api)
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = with_manners(pattern.callback, known)
    return patterns, app, namespace
