"""The mail to administrators about an endpoint that was disabled because of its answers."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission, User
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from cms.brand import names
from cms.outbox import actions as outbox
from cms.outbox.letters import Letter
from cms.webhooks.models import Call

DISABLED = "webhook.disabled"
MOST_TOLD = 20


def queue(call: Call) -> None:
    """Queue the mail to each who may manage webhooks. ``call`` is the one that ended it."""
    for pk in _managers().order_by("pk").values_list("pk", flat=True)[:MOST_TOLD]:
        outbox.queue(DISABLED, call.pk, f"user:{pk}")


def disabled_mail(call_id: int, recipient: str) -> Letter | None:
    call = Call.objects.select_related("endpoint").filter(pk=call_id).exclude(endpoint__disabled="").first()
    user = _managers().filter(pk=recipient.removeprefix("user:")).first()
    if call is None or user is None or not user.email:
        return None
    words = {
        "endpoint": " ".join(call.endpoint.name.split()),
        "why": call.endpoint.get_disabled_display(),
        "address": settings.SITE_URL + reverse("webhooks:endpoint", args=[call.endpoint_id]),
    }
    body = render_to_string("cms/webhooks/disabled.txt", words)
    subject = gettext("%(site)s: a webhook endpoint is disabled") % {"site": names.site_name()}
    headers = {"Auto-Submitted": "auto-generated"}
    label = gettext("Open the endpoint")
    return Letter(subject, body, to=[user.email], headers=headers, link=words["address"], label=label)


def _managers() -> QuerySet[User]:
    right = Permission.objects.filter(content_type__app_label="webhooks", codename="manage_webhooks")
    able = Q(is_superuser=True) | Q(user_permissions__in=right) | Q(groups__permissions__in=right)
    return get_user_model().objects.filter(able, is_active=True).distinct()
