"""The mail to the invited person. Nothing in it was typed by the inviter but their own name."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name

from cms.brand import names
from cms.credentials import roles
from cms.invitations import queries
from cms.invitations.models import Invitation, InvitationToken
from cms.outbox.suppression import wants_no_mail
from cms.text.cleaning import printable_line


def invitation_mail(invitation_id: int, recipient: str) -> EmailMessage | None:
    """Return the mail with a new link; None for an invitation that is not good any more, or not wanted."""
    invitation = queries.listed().filter(pk=invitation_id).first()
    if invitation is None or not queries.is_good(invitation) or wants_no_mail(invitation.address):
        return None
    site = names.site_name()
    return EmailMessage(
        subject=gettext("%(site)s: you are invited to work on the website") % {"site": site},
        body=render_to_string("cms/invitations/email/invitation.txt", _words(invitation)),
        to=[invitation.address],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _words(invitation: Invitation) -> dict[str, object]:
    secret = InvitationToken.issue(invitation.expires_at - timezone.now(), invitation=invitation)
    return {
        "inviter": printable_line(get_user_display_name(invitation.invited_by)),
        "site": names.site_name(),
        "address": settings.SITE_URL,
        "roles": roles.of_person(invitation.groups.all(), administrator=invitation.administrator),
        "ends": invitation.expires_at,
        "link": settings.SITE_URL + reverse("invitation_mail:accept", args=[secret]),
    }
