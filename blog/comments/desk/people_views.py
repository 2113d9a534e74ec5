"""One person as moderators see them: what is known, what they wrote, what was done. And who is banned."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from blog.comments.desk import dossier
from blog.comments.desk.forms import BanForm, DomainBanForm, LiftForm, NoteForm, PlaceForm
from blog.comments.desk.views import UnderDeskView, unknown_action
from blog.comments.models import DomainBan, Reader
from blog.comments.moderation import people
from blog.comments.states import Ban, Status
from cms import vault
from cms.credentials import staff
from cms.http.redirects import see_other
from cms.reading import keyset

ROWS_A_PAGE = 50
# Whom a button is about is read aloud only.
OF_THIS_PERSON = {
    Ban.HOLD: _('Hold every comment<span class="w-sr-only"> by this person</span>'),
    Ban.REFUSE: _('Put every comment<span class="w-sr-only"> by this person</span> in the trash'),
}
OF_EVERYONE = {
    Ban.HOLD: _('Hold every comment<span class="w-sr-only"> by everyone at {domain}</span>'),
    Ban.REFUSE: _('Put every comment<span class="w-sr-only"> by everyone at {domain}</span> in the trash'),
}
REVEAL_FIRST = _(
    "To ban everyone at the domain of the address, reveal it first. Large providers have many users."
)
OFFICERS_ONLY = _("Only staff who may reveal an address can ban its whole domain.")
NO_DOMAIN = _("The domain of this address cannot be banned.")
EVERYONE_BANNED = _("Everyone at %(domain)s is banned. No one is notified.")


class PersonView(UnderDeskView):
    header_icon = "user"
    template_name = "blog/comments/admin/person.html"

    def get(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        return self.show(request, self.find(reader_id))

    def post(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        acts = {
            "note": self.note,
            "ban": self.ban,
            "lift": self.lift,
            "reveal": self.reveal,
            "ban-domain": self.ban_domain,
        }
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            return unknown_action()
        reader = self.find(reader_id)
        try:
            return act(request, reader)
        except vault.AddressUnreadableError:
            messages.error(request, people.UNREADABLE)
            return self.show(request, reader, status=409)

    def note(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.show(request, reader, status=422, note_form=form)
        people.note(reader, form.cleaned_data["note"], by=staff.of(request))
        return self.again(request, reader, gettext("Note saved."))

    def ban(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        form = BanForm(request.POST)
        if not form.is_valid():
            return HttpResponse(gettext("Unknown ban."), status=400, content_type="text/plain")
        people.ban(reader, form.cleaned_data["ban"], by=staff.of(request))
        return self.again(request, reader, gettext("Banned. The person is not notified."))

    def lift(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        people.lift_ban(reader, by=staff.of(request))
        return self.again(request, reader, gettext("Ban lifted."))

    def reveal(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        return self.show(request, reader, address=people.reveal(reader, by=staff.of(request)))

    def ban_domain(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        form = BanForm(request.POST)
        if not form.is_valid():
            return HttpResponse(gettext("Unknown ban."), status=400, content_type="text/plain")
        try:
            banned = people.ban_domain_of(reader, form.cleaned_data["ban"], by=staff.of(request))
        except ValidationError:
            messages.error(request, NO_DOMAIN)
            return self.show(request, reader, status=422)
        messages.success(request, EVERYONE_BANNED % {"domain": banned})
        return see_other(reverse("blog_comments:bans"))

    def again(self, request: HttpRequest, reader: Reader, words: str) -> HttpResponse:
        messages.success(request, words)
        return see_other(reverse("blog_comments:person", args=[reader.pk]))

    def find(self, reader_id: int) -> Reader:
        self.reader = get_object_or_404(Reader, pk=reader_id)
        return self.reader

    def show(self, request: HttpRequest, reader: Reader, *, status: int = 200, **shown: Any) -> HttpResponse:
        address, numbers = shown.get("address", ""), dossier.numbers(reader)
        may_reveal, domain = request.user.has_perm(people.REVEAL), address.rpartition("@")[2]
        about_domain = "" if domain else REVEAL_FIRST if may_reveal else OFFICERS_ONLY
        context = self.get_context_data(
            reader=reader,
            first_seen=min(reader.created_at, numbers.first or reader.created_at),
            names=dossier.names(reader),
            numbers=numbers,
            states=[(value, label, numbers.by_status[value]) for value, label in Status.choices],
            **self.listed(request, reader),
            notes=dossier.notes(reader),
            most_notes=dossier.MOST_NOTES,
            note_form=shown.get("note_form") or NoteForm(),
            bans=[(ban, mark_safe(label)) for ban, label in OF_THIS_PERSON.items()],  # noqa: S308 -- texts of ours
            domain_bans=[(ban, format_html(str(label), domain=domain)) for ban, label in OF_EVERYONE.items()],
            about_domain=about_domain,
            wishes=dossier.wishes(reader),
            wants_no_mail=dossier.wants_no_mail(reader),
            mails=dossier.mail_to(reader),
            log=dossier.log_of(reader),
            lines=dossier.LINES,
            may_reveal=may_reveal,
            address=address,
            domain=domain,
            panels=person_panels(request, reader),
        )
        return self.render_to_response(context, status=status)

    def listed(self, request: HttpRequest, reader: Reader) -> dict[str, Any]:
        """Return a page of the person's comments, and its place in the list."""
        place = PlaceForm(request.GET).place()
        size = dossier.COMMENTS_A_PAGE
        found, more = keyset.page(dossier.comments(reader, **place), size)
        status = place.get("status", "")
        older = urlencode({"status": status, "before": found[-1].pk}) if more else ""
        return {"comments": found, "status": status, "older": older}

    def get_page_title(self) -> str:
        return gettext("Person %(number)s") % {"number": self.reader.pk}


class BansView(UnderDeskView):
    header_icon = "user"
    """Domains that are banned, with a form for another; persons that are, with a way to each."""

    page_title = _("Bans")
    template_name = "blog/comments/admin/bans.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, DomainBanForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        acts = {"ban": self.ban, "lift": self.lift}
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            return unknown_action()
        return act(request)

    def ban(self, request: HttpRequest) -> HttpResponse:
        form = DomainBanForm(request.POST)
        if form.is_valid():
            domain, how = form.cleaned_data["domain"], form.cleaned_data["ban"]
            try:
                banned = people.ban_domain(domain, how, by=staff.of(request))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return self.again(request, EVERYONE_BANNED % {"domain": banned})
        return self.show(request, form, status=422)

    def lift(self, request: HttpRequest) -> HttpResponse:
        form = LiftForm(request.POST)
        if not form.is_valid():
            messages.warning(request, gettext("That ban has already been lifted."))
            return self.show(request, DomainBanForm(), status=409)
        banned = form.cleaned_data["banned"]
        people.lift_domain_ban(banned, by=staff.of(request))
        lifted = gettext("Ban of %(domain)s lifted.") % {"domain": banned.domain}
        return self.again(request, lifted)

    def again(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.success(request, words)
        return see_other(reverse("blog_comments:bans"))

    def show(self, request: HttpRequest, form: DomainBanForm, *, status: int = 200) -> HttpResponse:
        domains = Paginator(DomainBan.objects.select_related("by"), ROWS_A_PAGE)
        persons = Paginator(dossier.banned(), ROWS_A_PAGE)
        context = self.get_context_data(
            form=form,
            domains=domains.get_page(request.GET.get("domains")),
            persons=persons.get_page(request.GET.get("persons")),
        )
        return self.render_to_response(context, status=status)


def person_panels(request: HttpRequest, reader: Reader) -> list[Component]:
    """Return the panels that other apps add about a person, for users who may see them."""
    panels: list[Component] = []
    for construct in hooks.get_hooks("construct_comment_person_panels"):
        construct(request, reader, panels)
    return panels
