"""Every prefix of the site on one screen. Wagtail's pages come last."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.documents.views.serve import authenticate_with_password as open_documents
from wagtail.views import authenticate_with_password as open_pages

from cms.accounts.log_in import LoginView, LogoutView
from cms.accounts.reading import log_in_to_read
from cms.api import borrowed
from cms.api import door as api
from cms.brand import views as brand
from cms.credentials.guessing import remember_device, slow_down
from cms.health import healthz, readyz
from cms.http.cross_site import same_site_posts
from cms.http.methods import post_only, read_only
from cms.http.security_txt import security_txt
from cms.pages.serving import serve as serve_page
from cms.pictures.views import serve as serve_picture
from cms.previews.views import shared as serve_draft
from home.search import search
from home.sitemap import PublicPages

robots = TemplateView.as_view(
    template_name="robots.txt",
    content_type="text/plain; charset=utf-8",
    extra_context={"site_url": settings.SITE_URL},
)
SITEMAP = {"sitemaps": {"pages": PublicPages}, "content_type": "application/xml; charset=utf-8"}


handler400 = "cms.errors.pages.bad_request"
handler403 = "cms.errors.pages.permission_denied"
handler404 = "cms.errors.pages.page_not_found"
handler500 = "cms.errors.outage.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("robots.txt", read_only(robots), name="robots"),
    path("brand/<slug:digest>.css", read_only(brand.brand_sheet), name="brand_sheet"),
    path("brand/<slug:digest>/<int:page_id>.png", read_only(brand.page_picture), name="page_picture"),
    path("brand/<slug:digest>/<slug:name>.<slug:kind>", read_only(brand.brand_picture), name="brand_picture"),
    path("manifest.webmanifest", read_only(brand.web_manifest), name="manifest"),
    path("favicon.ico", read_only(brand.favicon)),  # asked for without being named, as the next is
    path("apple-touch-icon.png", read_only(brand.touch_icon)),
    path(".well-known/security.txt", read_only(security_txt), name="security_txt"),
    path("sitemap.xml", read_only(sitemap), SITEMAP, name="sitemap"),
    path("search/", read_only(search), name="search"),
    path("api/v1/", api.urls()),
    path("preview/<slug:token>/", serve_draft, name="shared_draft"),
    path("api/wagtail/v2/", borrowed.v2()),
    path("api/wagtail/v3-preview/", borrowed.v3()),
    path("mail/", include("blog.comments.notifications.mail_urls")),
    path("mail/", include("home.contact.mail_urls")),
    path("mail/", include("cms.invitations.mail_urls")),
    path("admin/login/", remember_device(LoginView.as_view()), name="wagtailadmin_login"),
    path("admin/", include("cms.second_factor.admin_urls")),
    # Wagtail's own answers a GET with 405, and deletes the cookie nevertheless
    path("admin/logout/", post_only(LogoutView.as_view()), name="wagtailadmin_logout"),
    path("admin/", include(wagtailadmin_urls)),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        slow_down(open_documents),
        name="wagtaildocs_authenticate_with_password",
    ),
    path("documents/", include(wagtaildocs_urls)),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        slow_down(open_pages),
        name="wagtailcore_authenticate_with_password",
    ),
    # scaled pictures and nothing else: documents have permissions, and go through Wagtail's own view
    re_path(r"^media/(?P<path>images/[^/]+)$", serve_picture),
    path("_util/login/", log_in_to_read, name="wagtailcore_login"),
    # the others of Wagtail's, which the pattern below would hide
    *(each for each in wagtail_urls.urlpatterns if each.name not in ("wagtail_serve", "wagtailcore_login")),
    # the same pattern as Wagtail's own, whose posts would ask for a CSRF cookie that no cached page can hold
    re_path(wagtail_urls.serve_pattern, same_site_posts(serve_page), name="wagtail_serve"),
]
