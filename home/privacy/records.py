"""The ids of what is kept of a person, the lines of Wagtail's log about it, and the line about an act."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Page, Site

from blog.comments.privacy import personal_data as comments
from cms.credentials.staff import Staff
from cms.invitations import privacy as invitations
from cms.outbox import privacy as outbox
from home.contact import privacy as contact

Kept = dict[type[models.Model], list[int]]


def kept(address: str) -> Kept:
    parts = (comments, contact, outbox, invitations)
    return {model: pks for part in parts for model, pks in part.kept(address).items()}


def about(kept: Kept) -> QuerySet[ModelLogEntry]:
    """Return the entries of Wagtail's log about these rows."""
    about = Q(pk__in=[])
    for model, pks in kept.items():
        kind = ContentType.objects.get_for_model(model)
        about |= Q(content_type=kind, object_id__in=[str(pk) for pk in pks])
    return ModelLogEntry.objects.filter(about).order_by("timestamp", "pk")


def empty(kept: Kept) -> int:
    """Take what the entries about these rows say of them. Return how many there are."""
    return about(kept).update(label="erased", data={})


def count(action: str, user: Staff | None, counts: dict[str, int]) -> None:
    """Log who, when, what and how much in the history of the site. Never whose data."""
    site = Site.objects.filter(is_default_site=True).first()
    log(site or Page.get_first_root_node(), action, user=user, data=counts)
