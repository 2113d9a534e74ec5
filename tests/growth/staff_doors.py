"""What staff may ask for: the desk with each tab and filter, people, reports, messages, the outbox."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from blog.comments.models import Reader, ReaderComment
from tests.growth.fill import HOT_POST

DESK, VAIN = "/admin/comments/", "zzzunfound"
TABS = ("pending", "approved", "spam", "trash", "reported", "every")
YEAR = timedelta(days=364)


def doors() -> dict[str, str]:
    """Return addresses by what they are, for the site as it is now."""
    return {**_desk(), **_people(), **_rest()}


def _desk() -> dict[str, str]:
    hot, middle = f"grown-{HOT_POST}", ReaderComment.objects.order_by("pk").values_list("pk", flat=True)
    deep = middle[middle.count() // 2]
    long_ago, some_day = "2001-01-01", "2999-01-01"
    return {
        **{f"desk, {tab}": f"{DESK}?status={tab}" for tab in TABS},
        **{f"desk, {tab}, a vain word": f"{DESK}?status={tab}&q={VAIN}" for tab in TABS},
        "desk, deep": f"{DESK}?status=approved&after={deep}",
        "desk, of a post": f"{DESK}?status=approved&post={hot}",
        "desk, held on a post": f"{DESK}?post={hot}",
        "desk, reported on a post": f"{DESK}?status=reported&post={hot}",
        "desk, with a reason": f"{DESK}?reason=hold-words",
        "desk, before all": f"{DESK}?status=approved&until={long_ago}",
        "desk, after all": f"{DESK}?status=approved&since={some_day}",
        "desk, a vain word on a post": f"{DESK}?status=approved&post={hot}&q={VAIN}",
        "API: desk": "/api/v1/moderation/comments/?status=pending",
        "API: desk, a vain word": f"/api/v1/moderation/comments/?status=approved&search={VAIN}",
    }


def _people() -> dict[str, str]:
    most = Reader.objects.annotate(number=Count("comments")).order_by("-number", "pk")[0].pk
    return {
        "person": f"{DESK}people/{most}/",
        "desk, of a person": f"{DESK}?status=every&person={most}",
        "desk, a vain word of a person": f"{DESK}?status=every&person={most}&q={VAIN}",
        "bans": f"{DESK}bans/",
    }


def _rest() -> dict[str, str]:
    comment = ReaderComment.objects.approved().order_by("-pk").values_list("pk", flat=True)[0]
    today = timezone.localdate()
    return {
        "a comment's page": f"{DESK}{comment}/",
        "decisions": f"{DESK}decisions/",
        "decisions of a year": f"{DESK}decisions/?first={today - YEAR}&last={today}",
        "messages": "/admin/messages/",
        "messages, handled": "/admin/messages/?state=handled",
        "outbox": "/admin/outbox/",
        "outbox, sent": "/admin/outbox/?state=sent",
        "privacy": "/admin/privacy/",
    }
