"""One comment as moderators see it, at the desk and on its own page."""

from itertools import takewhile
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.compare import diff_text

from blog.comments.desk import outcomes
from blog.comments.models import Decision, Reader, ReaderComment
from blog.comments.rules import verdicts
from blog.comments.states import Status

LONG = 1200  # characters; longer ones are folded

# What a button or a link does, and after it to which comment, which is read aloud only.
APPROVE = _('Approve<span class="w-sr-only"> the comment by {name}</span>')
APPROVE_EDIT = _('Approve the edit<span class="w-sr-only"> the comment by {name}</span>')
REFUSE_EDIT = _('Refuse the edit<span class="w-sr-only"> the comment by {name}</span>')
KEEP_PUBLIC = _('Keep it public<span class="w-sr-only"> the comment by {name}</span>')
HOLD_AGAIN = _('Hold again<span class="w-sr-only"> the comment by {name}</span>')
NOT_SPAM = _('Not spam<span class="w-sr-only"> the comment by {name}</span>')
BACK_TO_HELD = _('Put back to held<span class="w-sr-only"> the comment by {name}</span>')
SPAM = _('Spam<span class="w-sr-only"> the comment by {name}</span>')
TRASH = _('Trash<span class="w-sr-only"> the comment by {name}</span>')
EDIT = _('Edit<span class="w-sr-only"> the comment by {name}</span>')
REPLY = _('Reply<span class="w-sr-only">: the comment by {name}</span>')
REPLY_AND_APPROVE = _('Reply and approve<span class="w-sr-only">: the comment by {name}</span>')
MORE = _('More<span class="w-sr-only"> about the comment by {name}</span>')

Buttons = tuple[tuple[str, Promise], ...]

EDIT_BUTTONS: Buttons = (
    ("approve", APPROVE_EDIT),
    ("refuse-edit", REFUSE_EDIT),
    ("spam", SPAM),
    ("trash", TRASH),
)
REPORT_BUTTONS: Buttons = (("approve", KEEP_PUBLIC), ("hold", HOLD_AGAIN), ("spam", SPAM), ("trash", TRASH))
BUTTONS: dict[Status, Buttons] = {
    Status.PENDING: (("approve", APPROVE), ("spam", SPAM), ("trash", TRASH)),
    Status.APPROVED: (("hold", HOLD_AGAIN), ("spam", SPAM), ("trash", TRASH)),
    Status.SPAM: (("approve", APPROVE), ("hold", NOT_SPAM), ("trash", TRASH)),
    Status.TRASH: (("approve", APPROVE), ("hold", BACK_TO_HELD), ("spam", SPAM)),
    Status.WITHDRAWN: (),
}


def card(comment: ReaderComment) -> dict[str, Any]:
    decisions = list(comment.decisions.all())
    last = decisions[-1] if decisions else None
    edit = comment.waiting_words or ""
    reports = [each for each in comment.reports.all() if each.settled_at is None] if comment.is_public else []
    name, decided = comment.user_name, gettext("decided by %(name)s")
    return {
        "comment": comment,
        "id": str(comment.pk),
        "version": str(comment.version),
        "url": reverse("blog_comments:case", args=[comment.pk]),
        "select": gettext("Select the comment by %(name)s") % {"name": name},
        "where": _where(comment),
        "sent": f"{localtime(comment.submit_date):%Y-%m-%d %H:%M}",
        "ago": outcomes.ago(comment.submit_date),
        "reasons": _badges(comment, decisions),
        "reports": reports,
        "decided_by": decided % {"name": last.user.get_username()} if last and last.user else "",
        "record": record(comment.reader) if comment.reader else "",
        "all": gettext("All by this person"),
        "buttons": [(verb, _named(label, name)) for verb, label in _buttons(comment, reported=bool(reports))],
        "links": {
            "edit": _named(EDIT, name),
            "reply": _named(REPLY if comment.is_public else REPLY_AND_APPROVE, name),
            "more": _named(MORE, name),
        },
        "edit": edit,
        "difference": diff_text(comment.comment, edit).to_html() if _is_edit(comment) else "",
        "long": len(comment.comment) > LONG,
    }


def record(reader: Reader) -> str:
    """Say what became of a person's comments so far."""
    numbers = {"approved": reader.approved_count, "refused": reader.refused_count}
    return gettext("%(approved)s approved, %(refused)s refused") % numbers


def _named(label: Promise, name: str) -> SafeString:
    return format_html(str(label), name=name)


def _where(comment: ReaderComment) -> SafeString:
    url, title = comment.get_absolute_url(), comment.page.title
    page = format_html('<a href="{}" data-key="o">{}</a>', url, title) if url else title
    return format_html(gettext("On {page}"), page=page)


def _badges(comment: ReaderComment, decisions: list[Decision]) -> list[str]:
    """What a moderator wants to know first: that the author is new, not that every comment is held."""
    first = comment.reader is not None and not (comment.reader.approved_count or comment.reader.refused_count)
    telling = [reason for reason in _reasons(decisions) if reason != verdicts.Reason.HOLD_ALL]
    return [*([gettext("First comment")] if first else []), *verdicts.in_words(telling)]


def _reasons(decisions: list[Decision]) -> list[str]:
    """Why it is where it is: what brought it there, and what was said of it since, such as an edit."""
    since = list(takewhile(lambda each: each.from_status == each.to_status, reversed(decisions)))
    relevant = decisions[len(decisions) - len(since) - 1 :] if len(since) < len(decisions) else decisions
    return list(dict.fromkeys(reason for decision in relevant for reason in decision.reasons))


def _buttons(comment: ReaderComment, *, reported: bool) -> Buttons:
    if _is_edit(comment):
        return EDIT_BUTTONS
    return REPORT_BUTTONS if reported else BUTTONS[Status(comment.status)]


def _is_edit(comment: ReaderComment) -> bool:
    return comment.held_revision is not None and comment.status == Status.APPROVED
