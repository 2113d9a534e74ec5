"""The API's door: one NinjaAPI, one line for each router."""

from ninja import NinjaAPI

from blog.api import router as posts
from blog.comment_api import router as comments
from blog.moderation_api import router as moderation
from cms import problems
from home.api import router as site

api = NinjaAPI(
    title="Site API",
    version="1",
    description="Content, comments and messages of the site, and moderation with a token of staff. "
    "No answer holds an e-mail address.",
    urls_namespace="api-1",
    openapi_url="/openapi.json",
    docs_url="/docs",
)
problems.register(api)
api.add_router("", posts)
api.add_router("", comments)
api.add_router("", moderation)
api.add_router("", site)
