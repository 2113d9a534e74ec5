"""The pages of API tokens: making one asks for password and factor, and its owner is notified by mail."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.forms import ModelForm
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.models import APIToken
from wagtail.users.views import api_tokens

from cms.brand import names
from cms.credentials.tokens import ends_at
from cms.outbox import actions as outbox
from cms.outbox.letters import Letter
from cms.second_factor.sure import SureForm

MADE = "account.token_made"


class NewTokenForm(SureForm, api_tokens.APITokenForm):
    """A token outlives the session it is made in, so an open session is not enough to make one."""


class NewTokenView(api_tokens.CreateView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}


class TokensView(api_tokens.IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        *before, last_used, revoked = super().columns
        return [*before, Column("ends", label=_("Ends"), accessor=ends_at), last_used, revoked]


class TokensViewSet(api_tokens.APITokenViewSet):
    """Wagtail's pages for tokens, which it shows only beside its own API."""

    index_view_class = TokensView
    add_view_class = NewTokenView

    def get_form_class(self, for_update: bool = False) -> type[ModelForm | NewTokenForm]:
        return super().get_form_class(for_update=True) if for_update else NewTokenForm


@transaction.atomic
def after_save(instance: APIToken, created: bool, raw: bool, **kwargs: Any) -> None:
    """Queue a mail to the owner of a new token, wherever it is made, before anyone sees the token."""
    if created and not raw:
        outbox.queue(MADE, instance.pk, f"user:{instance.user_id}")


def letter(token_id: int, recipient: str) -> Letter | None:
    token = APIToken.objects.select_related("user").filter(pk=token_id, user__is_active=True).first()
    if token is None or not token.user.email:
        return None
    words = {
        "name": token.user.get_username(),
        "token": " ".join(token.name.split()),
        "ends": ends_at(token),
        "site": names.site_name(),
        "address": settings.SITE_URL,
    }
    body = render_to_string("cms/accounts/token_made.txt", words)
    subject = gettext("%(site)s: a new token for the API") % {"site": names.site_name()}
    headers = {"Auto-Submitted": "auto-generated"}
    return Letter(subject, body, to=[token.user.email], headers=headers)
