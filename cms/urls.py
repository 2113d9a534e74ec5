"""Every prefix of the site on one screen. Wagtail's pages come last."""

from django.conf import settings
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from django.views.static import serve as serve_file
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from cms.api import api
from cms.cross_site import same_site_posts
from cms.health import healthz, readyz
from cms.serving import serve as serve_page
from home.search import search

robots = TemplateView.as_view(
    template_name="robots.txt", content_type="text/plain", extra_context={"site_url": settings.SITE_URL}
)

handler500 = "cms.outage.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("robots.txt", robots, name="robots"),
    path("favicon.ico", lambda request: redirect(static("img/favicon.svg"))),  # asked for without being named
    path("sitemap.xml", sitemap, name="sitemap"),
    path("search/", search, name="search"),
    path("api/v1/", api.urls),
    path("mail/", include("blog.comments.mail_urls")),
    path("mail/", include("home.contact.mail_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # scaled pictures and nothing else: documents have permissions, and go through Wagtail's own view
    re_path(r"^media/(?P<path>images/[^/]+)$", serve_file, {"document_root": settings.MEDIA_ROOT}),
    # the same pattern as Wagtail's own, whose posts would ask for a CSRF cookie that no cached page can hold
    re_path(wagtail_urls.serve_pattern, same_site_posts(serve_page), name="wagtail_serve"),
    path("", include(wagtail_urls)),
]
