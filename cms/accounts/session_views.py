"""
Where a user is logged in, and a button that ends it. Both pages work without scripts.

Users end their own once they have given their password, and a factor if they have one: whoever sits down at
an open session does not throw its owner out of all others.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from cms.credentials import staff, tokens
from cms.credentials.permissions import may_change_log_in
from cms.credentials.staff import Staff
from cms.http.admin_page import AdminPage
from cms.http.redirects import see_other
from cms.second_factor import sure
from cms.sessions import actions, browsers

MOST_SHOWN = 50
VERBS = frozenset({"end", "others", "everywhere"})


class SessionsView(AdminPage):
    template_name = "cms/accounts/admin/sessions.html"
    header_icon = "desktop"
    http_method_names = ("get", "head", "post")

    def show(self, user: Staff, **more: Any) -> HttpResponse:
        found = list(actions.of(user)[: MOST_SHOWN + 1])
        rows = [
            (session, browsers.shown(session.browser), actions.is_this(session, self.request))
            for session in found[:MOST_SHOWN]
        ]
        more |= {"more": len(found) > MOST_SHOWN, "tokens": tokens.count_of(user)}
        context = self.get_context_data(rows=rows, most=MOST_SHOWN, tokens_url=self.tokens_url(user), **more)
        return self.render_to_response(context)

    def tokens_url(self, user: Staff) -> str:
        """Return where a user's tokens are revoked; an empty string for those who may not."""
        may = self.request.user.has_perm("wagtailcore.delete_apitoken")
        return f"{reverse('wagtailusers_api_tokens:index')}?user={user.pk}" if may else ""


class OwnSessionsView(SessionsView):
    page_title = _("Your sessions")

    def may_open(self) -> bool:
        return True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(staff.of(request), own=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        verb = request.POST.get("do", "")
        if verb not in VERBS:
            return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")
        if question := sure.ask(request, then=request.path):
            return question
        if verb == "everywhere":
            actions.end_all(staff.of(request))
            return see_other(reverse("wagtailadmin_login"))
        if verb == "others":
            return redirect_with_result(request, actions.end_others(request))
        ended = actions.end_one(staff.of(request), request.POST.get("session", ""))
        return redirect_with_result(request, ended)


class SessionsOfView(SessionsView):
    """Those of a user, for administrators."""

    page_title = _("Sessions")

    def dispatch(self, request: HttpRequest, user_id: int) -> HttpResponseBase:
        self.user = get_object_or_404(get_user_model(), pk=user_id)
        return super().dispatch(request)

    def may_open(self) -> bool:
        return may_change_log_in(staff.of(self.request), self.user)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.user)

    def post(self, request: HttpRequest) -> HttpResponse:
        return redirect_with_result(request, actions.end_all_of(self.user, by=staff.of(request)))

    def get_page_subtitle(self) -> str:
        return get_user_display_name(self.user)


def redirect_with_result(request: HttpRequest, count: int) -> HttpResponse:
    """Report how many sessions ended, and return to the list."""
    if count:
        ended = ngettext("%(count)s session ended.", "%(count)s sessions ended.", count)
        messages.success(request, ended % {"count": count})
    else:
        messages.warning(request, gettext("That session had already ended."))
    return see_other(request.path)
