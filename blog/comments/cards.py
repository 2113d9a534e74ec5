"""What a moderator is shown of one comment, at the desk and on its own page."""

from datetime import datetime
from itertools import takewhile
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime, now
from wagtail.admin.compare import diff_text

from blog.comments import rules
from blog.comments.models import Decision, ReaderComment
from blog.comments.states import Status

AGES = (
    (31_536_000, "year"),
    (2_592_000, "month"),
    (604_800, "week"),
    (86_400, "day"),
    (3600, "hour"),
    (60, "minute"),
)
LONG = 1200  # characters; longer ones are folded
EDIT_BUTTONS = (
    ("approve", "Approve the edit"),
    ("refuse-edit", "Refuse the edit"),
    ("spam", "Spam"),
    ("trash", "Trash"),
)
REPORT_BUTTONS = (("approve", "Keep it public"), ("hold", "Hold again"), ("spam", "Spam"), ("trash", "Trash"))
BUTTONS = {
    Status.PENDING: (("approve", "Approve"), ("spam", "Spam"), ("trash", "Trash")),
    Status.APPROVED: (("hold", "Hold again"), ("spam", "Spam"), ("trash", "Trash")),
    Status.SPAM: (("approve", "Approve"), ("hold", "Not spam"), ("trash", "Trash")),
    Status.TRASH: (("approve", "Approve"), ("hold", "Put back to held"), ("spam", "Spam")),
    Status.WITHDRAWN: (),
}


def card(comment: ReaderComment) -> dict[str, Any]:
    decisions = list(comment.decisions.all())
    last = decisions[-1] if decisions else None
    edit = comment.waiting_words or ""
    reports = [each for each in comment.reports.all() if each.settled_at is None] if comment.is_public else []
    return {
        "comment": comment,
        "id": str(comment.pk),
        "version": str(comment.version),
        "url": reverse("blog_comments:case", args=[comment.pk]),
        "sent": f"{localtime(comment.submit_date):%Y-%m-%d %H:%M}",
        "age": age(comment.submit_date),
        "reasons": _badges(comment, decisions),
        "reports": reports,
        "decided_by": last.user.get_username() if last and last.user else "",
        "buttons": _buttons(comment, reported=bool(reports)),
        "edit": edit,
        "difference": diff_text(comment.comment, edit).to_html() if _is_edit(comment) else "",
        "long": len(comment.comment) > LONG,
    }


def age(since: datetime) -> str:
    """
    Say how long ago something was, in the language of the desk whatever that of the moderator is.

    Django's ``timesince`` would be a tenth of what the desk costs.
    """
    passed = int((now() - since).total_seconds())
    for seconds, unit in AGES:
        if number := passed // seconds:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a minute"


def _badges(comment: ReaderComment, decisions: list[Decision]) -> list[str]:
    """What a moderator wants to know first: that somebody is new here, not that every comment is held."""
    first = comment.reader is not None and not (comment.reader.approved_count or comment.reader.refused_count)
    telling = [reason for reason in _reasons(decisions) if reason != rules.Reason.HOLD_ALL]
    return [*(["First comment"] if first else []), *rules.in_words(telling)]


def _reasons(decisions: list[Decision]) -> list[str]:
    """Why it is where it is: what brought it there, and what was said of it since, such as an edit."""
    since = list(takewhile(lambda each: each.from_status == each.to_status, reversed(decisions)))
    told = decisions[len(decisions) - len(since) - 1 :] if len(since) < len(decisions) else decisions
    return list(dict.fromkeys(reason for decision in told for reason in decision.reasons))


def _buttons(comment: ReaderComment, *, reported: bool) -> tuple[tuple[str, str], ...]:
    if _is_edit(comment):
        return EDIT_BUTTONS
    return REPORT_BUTTONS if reported else BUTTONS[Status(comment.status)]


def _is_edit(comment: ReaderComment) -> bool:
    return comment.held_revision is not None and comment.status == Status.APPROVED
