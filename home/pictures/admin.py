"""Where staff see which pictures cannot be shown, and why: a report, the picture, and the pages with it."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.images import get_image_model
from wagtail.images.views import images
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.http.admin_page import AdminPage
from cms.pictures import renditions
from home.models import PictureCare
from home.pictures import drawing

MOST_SHOWN = 100
NO_PREVIEW = _("The file of this picture is missing or damaged.")
MOST_WARNINGS = 3


def may_change(request: HttpRequest) -> bool:
    policy = policy_registry.get_by_type(get_image_model())
    return policy.user_has_any_permission(request.user, ["add", "change"])


def warn(request: HttpRequest, page: Page) -> None:
    """Warn an editor which pictures of a page readers do not see."""
    for care in drawing.problems_of(page.specific)[:MOST_WARNINGS]:
        sentence = gettext("Readers do not see the picture “{title}”. {problem}")
        words = format_html(sentence, title=care.picture.title, problem=care.problem_in_words)
        url = reverse("wagtailimages:edit", args=(care.pk,))
        messages.warning(request, words, buttons=[messages.button(url, gettext("Edit the picture"))])


def preview(request: HttpRequest, image_id: int, filter_spec: str) -> HttpResponseBase:
    """Draw what the URL generator shows. Wagtail's own (8.0.1) fails for a file that is lost or damaged."""
    picture = get_object_or_404(get_image_model(), pk=image_id)
    drawn = renditions.tried(picture, lambda: images.preview(request, image_id, filter_spec), filter_spec)
    return drawn or HttpResponse(NO_PREVIEW, status=404, content_type="text/plain; charset=utf-8")


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_change(request)


class ReportView(AdminPage):
    page_title = _("Pictures that cannot be shown")
    header_icon = "image"
    template_name = "home/admin/pictures.html"

    def may_open(self) -> bool:
        return may_change(self.request)

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = _visible_to(request).select_related("picture").order_by("-pk")[:MOST_SHOWN]
        return self.render_to_response(self.get_context_data(rows=rows))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try all of them again."""
        number = _visible_to(request).update(due_at=timezone.now(), attempts=0)
        again = ngettext(
            "We will try %(count)s picture again within a minute.",
            "We will try %(count)s pictures again within a minute.",
            number,
        )
        messages.success(request, again % {"count": number})
        return HttpResponseRedirect(request.path)


def _visible_to(request: HttpRequest) -> QuerySet[PictureCare]:
    policy = policy_registry.get_by_type(get_image_model())
    pictures = policy.instances_user_has_any_permission_for(request.user, ["change", "delete"])
    return PictureCare.objects.exclude(problem="").filter(picture__in=pictures)
