"""What became of comments, in sentences; and numbers and times as the desk writes them."""

from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.timezone import now
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from blog.comments.reading import queries
from blog.comments.states import Status

AGES = (
    (31_536_000, ngettext_lazy("%(number)s year", "%(number)s years", "number")),
    (2_592_000, ngettext_lazy("%(number)s month", "%(number)s months", "number")),
    (604_800, ngettext_lazy("%(number)s week", "%(number)s weeks", "number")),
    (86_400, ngettext_lazy("%(number)s day", "%(number)s days", "number")),
    (3600, ngettext_lazy("%(number)s hour", "%(number)s hours", "number")),
    (60, ngettext_lazy("%(number)s minute", "%(number)s minutes", "number")),
)
AGO = (
    (31_536_000, ngettext_lazy("%(number)s year ago", "%(number)s years ago", "number")),
    (2_592_000, ngettext_lazy("%(number)s month ago", "%(number)s months ago", "number")),
    (604_800, ngettext_lazy("%(number)s week ago", "%(number)s weeks ago", "number")),
    (86_400, ngettext_lazy("%(number)s day ago", "%(number)s days ago", "number")),
    (3600, ngettext_lazy("%(number)s hour ago", "%(number)s hours ago", "number")),
    (60, ngettext_lazy("%(number)s minute ago", "%(number)s minutes ago", "number")),
)
ONE = {
    Status.APPROVED: _("Comment by %(name)s approved."),
    Status.PENDING: _("Comment by %(name)s put back to held."),
    Status.SPAM: _("Comment by %(name)s marked as spam."),
    Status.TRASH: _("Comment by %(name)s moved to the trash."),
    Status.WITHDRAWN: _("Comment by %(name)s withdrawn by its author."),
}
MANY = {
    Status.APPROVED: ngettext_lazy("%(shown)s comment approved.", "%(shown)s comments approved.", "number"),
    Status.PENDING: ngettext_lazy(
        "%(shown)s comment put back to held.", "%(shown)s comments put back to held.", "number"
    ),
    Status.SPAM: ngettext_lazy(
        "%(shown)s comment marked as spam.", "%(shown)s comments marked as spam.", "number"
    ),
    Status.TRASH: ngettext_lazy(
        "%(shown)s comment moved to the trash.", "%(shown)s comments moved to the trash.", "number"
    ),
}
SO_FAR = {
    Status.APPROVED: ngettext_lazy(
        "%(shown)s comment approved so far.", "%(shown)s comments approved so far.", "number"
    ),
    Status.PENDING: ngettext_lazy(
        "%(shown)s comment put back to held so far.", "%(shown)s comments put back to held so far.", "number"
    ),
    Status.SPAM: ngettext_lazy(
        "%(shown)s comment marked as spam so far.", "%(shown)s comments marked as spam so far.", "number"
    ),
    Status.TRASH: ngettext_lazy(
        "%(shown)s comment moved to the trash so far.",
        "%(shown)s comments moved to the trash so far.",
        "number",
    ),
}
TOGETHER = {
    Status.APPROVED: ngettext_lazy(
        "%(shown)s comment approved together", "%(shown)s comments approved together", "number"
    ),
    Status.PENDING: ngettext_lazy(
        "%(shown)s comment put back to held together",
        "%(shown)s comments put back to held together",
        "number",
    ),
    Status.SPAM: ngettext_lazy(
        "%(shown)s comment marked as spam together", "%(shown)s comments marked as spam together", "number"
    ),
    Status.TRASH: ngettext_lazy(
        "%(shown)s comment moved to the trash together",
        "%(shown)s comments moved to the trash together",
        "number",
    ),
}
TOGETHER_BY = {
    Status.APPROVED: ngettext_lazy(
        "%(shown)s comment approved together by %(name)s",
        "%(shown)s comments approved together by %(name)s",
        "number",
    ),
    Status.PENDING: ngettext_lazy(
        "%(shown)s comment put back to held together by %(name)s",
        "%(shown)s comments put back to held together by %(name)s",
        "number",
    ),
    Status.SPAM: ngettext_lazy(
        "%(shown)s comment marked as spam together by %(name)s",
        "%(shown)s comments marked as spam together by %(name)s",
        "number",
    ),
    Status.TRASH: ngettext_lazy(
        "%(shown)s comment moved to the trash together by %(name)s",
        "%(shown)s comments moved to the trash together by %(name)s",
        "number",
    ),
}
ALREADY = {
    Status.APPROVED: _("Already approved %(ago)s. Nothing was changed."),
    Status.PENDING: _("Already put back to held %(ago)s. Nothing was changed."),
    Status.SPAM: _("Already marked as spam %(ago)s. Nothing was changed."),
    Status.TRASH: _("Already moved to the trash %(ago)s. Nothing was changed."),
    Status.WITHDRAWN: _("Already withdrawn by its author %(ago)s. Nothing was changed."),
}
ALREADY_BY = {
    Status.APPROVED: _("Already approved by %(name)s %(ago)s. Nothing was changed."),
    Status.PENDING: _("Already put back to held by %(name)s %(ago)s. Nothing was changed."),
    Status.SPAM: _("Already marked as spam by %(name)s %(ago)s. Nothing was changed."),
    Status.TRASH: _("Already moved to the trash by %(name)s %(ago)s. Nothing was changed."),
    Status.WITHDRAWN: _("Already put back to withdrawn by %(name)s %(ago)s. Nothing was changed."),
}


def one_moved(verb: Any, comment: ReaderComment) -> str:
    keeps = verb is actions.refuse_edit
    sentence = gettext("Comment by %(name)s keeps its words.") if keeps else ONE[Status(comment.status)]
    return str(sentence % {"name": comment.user_name})


def moved(to: Status, number: int) -> str:
    return str(MANY[to] % {"number": number, "shown": grouped(number)})


def moved_so_far(to: Status, number: int) -> str:
    return str(SO_FAR[to] % {"number": number, "shown": grouped(number)})


def moved_together(to: Status, number: int, by: str) -> str:
    """``by`` is empty where the account is no more."""
    sentence = (TOGETHER_BY if by else TOGETHER)[to]
    return str(sentence % {"number": number, "shown": shown_number(number), "name": by})


def put_back(number: int) -> str:
    sentence = ngettext(
        "%(shown)s comment put back where it was.", "%(shown)s comments put back where they were.", number
    )
    return sentence % {"shown": grouped(number)}


def put_back_so_far(number: int) -> str:
    sentence = ngettext("%(shown)s comment put back so far.", "%(shown)s comments put back so far.", number)
    return sentence % {"shown": grouped(number)}


def why_not(error: Exception) -> str:
    if isinstance(error, actions.StaleError):
        return already(error)
    return gettext("Its text was erased. Nothing is left to approve.")


def already(stale: actions.StaleError) -> str:
    """Say who changed a comment first, and when."""
    sentence = (ALREADY_BY if stale.by else ALREADY)[stale.status]
    return str(sentence % {"name": stale.by, "ago": ago(stale.at or now())})


def age(since: datetime) -> str:
    """
    Say how much time has passed.

    Django's ``timesince`` would be a tenth of what the desk costs.
    """
    return _passed(AGES, since) or gettext("less than a minute")


def ago(since: datetime) -> str:
    return _passed(AGO, since) or gettext("less than a minute ago")


def shown_number(number: int) -> str:
    most = queries.MOST_COUNTED
    return f"{grouped(most)}+" if number > most else grouped(number)


def _passed(units: Any, since: datetime) -> str:
    passed = int((now() - since).total_seconds())
    for seconds, sentence in units:
        if number := passed // seconds:
            return sentence % {"number": number}
    return ""


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
