"""Many comments at once, in the shape real posts have: a long thread, a deep one, and many short ones."""

import random
from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone
from django_comments.models import Comment
from django_comments_xtd.models import XtdComment
from wagtail.models import Page

from blog.comments.models import Decision, Reader, ReaderComment
from blog.comments.moderation.changes import below_held
from blog.comments.rules.verdicts import Reason
from blog.comments.states import PUBLIC, Actor, Status
from cms import vault

TABLES = (Comment, XtdComment, ReaderComment)
ROWS_A_STATEMENT = 400
STATES = (Status.APPROVED,) * 90 + (Status.PENDING,) * 5 + (Status.SPAM,) * 3 + (Status.TRASH,) * 2
REASONS = (Reason.HOLD_ALL,) * 8 + (Reason.LINKS, Reason.TOO_FAST)
NAMES = ("Ada", "Ben", "Chloe", "David", "Esme", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kim", "Lena")
SENTENCES = (
    "The needle does not hurt at all.",
    "I was told to rest afterwards, and slept well that night.",
    "My neck is better now; how long does it last for you?",
    "After six visits I stopped counting.",
    "Thank you for writing this down so plainly.",
)
IN_THE_LONG_THREAD = 0.05  # of all comments answer the first one: 5,000 of 100,000
IN_THE_DEEP_THREAD = 0.08
ANSWERS_NOBODY = 0.45
DEEPEST = 40
LATELY = 30  # most answer one of the last comments


def talk(page: Page, number: int) -> None:
    """Put so many comments on a page."""
    _insert(_spoken(Crowd(page, random.Random(number)), number))


def wait(page: Page, number: int, by: list[int]) -> list[int]:
    """
    Put so many held comments on a page, each with its decision and by some reader; return their ids.

    Nobody has answered them: nobody has seen them.
    """
    crowd = Crowd(page, random.Random(number))
    comments = _spoken(crowd, number)
    for comment in comments:
        comment.status, comment.is_public = Status.PENDING, False
        comment.in_reply_to_id, comment.root_id, comment.level, comment.under_held = None, None, 0, False
        comment.reader_id, comment.reason = crowd.dice.choice(by), crowd.dice.choice(REASONS)
    _insert(comments)
    decided = {"revision": 1, "to_status": Status.PENDING, "actor": Actor.RULE}
    decisions = (Decision(comment=each, reasons=[each.reason], **decided) for each in comments)
    Decision.objects.bulk_create(decisions, batch_size=ROWS_A_STATEMENT)
    return [comment.pk for comment in comments]


def _spoken(crowd: "Crowd", number: int) -> list[ReaderComment]:
    first = (Comment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    for pk in range(first, first + number):
        crowd.say(pk)
    return crowd.comments


def readers(addresses: list[str]) -> None:
    """Make these addresses known, as if each had left a comment before."""
    Reader.objects.bulk_create(
        [Reader(sealed_address=vault.seal(each), address_index=vault.index(each)) for each in addresses],
        batch_size=ROWS_A_STATEMENT,
    )


class Crowd:
    """Says one comment after the other. The first thread becomes the longest, the second the deepest."""

    def __init__(self, page: Page, dice: random.Random) -> None:
        self.page = page
        self.dice = dice
        self.comments: list[ReaderComment] = []
        self.deepest: ReaderComment | None = None

    def say(self, pk: int) -> None:
        opens = len(self.comments) < 2
        above = None if opens else self.answered()
        status = Status.APPROVED if opens else self.dice.choice(STATES)
        comment = self.comment(pk, above, status)
        self.comments.append(comment)
        if len(self.comments) == 2 or (above and above is self.deepest):
            self.deepest = comment

    def answered(self) -> ReaderComment | None:
        lot = self.dice.random()
        if lot < IN_THE_LONG_THREAD:
            return self.comments[0]
        if lot < IN_THE_DEEP_THREAD and self.deepest.level < DEEPEST:
            return self.deepest
        if lot < ANSWERS_NOBODY:
            return None
        return self.comments[-self.dice.randint(1, min(len(self.comments), LATELY))]

    def comment(self, pk: int, above: ReaderComment | None, status: Status) -> ReaderComment:
        length = min(30, 1 + int(self.dice.expovariate(1 / 4)))
        return ReaderComment(
            id=pk,
            comment_ptr_id=pk,
            xtdcomment_ptr_id=pk,
            content_type=ContentType.objects.get_for_model(self.page),
            object_pk=str(self.page.pk),
            site_id=settings.SITE_ID,
            page_id=self.page.pk,
            user_name=self.dice.choice(NAMES),
            comment=" ".join(self.dice.choices(SENTENCES, k=length)),
            submit_date=timezone.now(),
            status=status,
            is_public=status in PUBLIC,
            in_reply_to_id=above and above.pk,
            root_id=above and (above.root_id or above.pk),
            level=above.level + 1 if above else 0,
            under_held=below_held(above),
        )


def _insert(comments: list[ReaderComment]) -> None:
    """Write each table of the inheritance in turn: ``bulk_create`` refuses a model with parents."""
    with transaction.atomic():
        for model in TABLES:
            for rows in _batches(comments):
                written = [field for field in model._meta.local_concrete_fields if not field.generated]
                model._base_manager._insert(rows, written, using="default")
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), TABLES):
                cursor.execute(statement)


def _batches(comments: list[ReaderComment]) -> Iterator[list[ReaderComment]]:
    rest = iter(comments)
    while batch := list(islice(rest, ROWS_A_STATEMENT)):
        yield batch
