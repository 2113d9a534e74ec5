"""What is known of a new comment before it is judged: what it answers, and who wrote it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from blog.comments.models import Reader, ReaderComment, Token
from blog.comments.models.bans import DomainBan, above
from blog.comments.moderation.submissions import Submission
from blog.comments.rules import policy, verdicts
from blog.comments.states import PUBLIC, Moderation
from cms import vault
from cms.reading.prepared import Given, insert, prepared


@dataclass(frozen=True, slots=True)
class Evidence:
    """``answered`` and ``reader`` are locked rows; ``proven`` says whether the address was."""

    answered: ReaderComment | None
    reader: Reader | None
    proven: bool
    facts: verdicts.Facts


def gather(submission: Submission, terms: policy.Policy) -> Evidence:
    """Find what is answered and who wrote; a person who is new here gets a row."""
    answered = lock_answered(submission.reply_to_id)
    reader = _reader(submission)
    proven = _shows_proof(submission)
    return Evidence(answered, reader, proven, _facts(submission, terms, reader, proven=proven))


def lock_answered(comment_id: int | None) -> ReaderComment | None:
    """Return the comment that is answered, locked: it is not held while the reply is being written."""
    if not comment_id:
        return None
    return ReaderComment.objects.select_for_update(of=("self",), no_key=True).filter(pk=comment_id).first()


def _facts(
    submission: Submission, terms: policy.Policy, reader: Reader | None, *, proven: bool
) -> verdicts.Facts:
    domain = submission.address.rpartition("@")[2]
    trust_matters = proven and terms.moderation == Moderation.UNTIL_TRUSTED
    return verdicts.Facts(
        text=submission.text,
        name=submission.name,
        domain=domain,
        bans=_bans(reader, domain),
        honeypot_filled=submission.honeypot_filled,
        seconds_open=submission.seconds_open,
        proven_approved=_proven(submission).filter(status__in=PUBLIC).count() if trust_matters else 0,
    )


def _bans(reader: Reader | None, domain: str) -> tuple[str, ...]:
    """The bans on the typed address, whoever typed it: at worst, a moderator looks at the comment."""
    if reader is None:
        return ()
    return (reader.ban, *_domain_bans(domains=above(domain)))


@prepared
def _domain_bans() -> QuerySet:
    bans = DomainBan.objects.filter(domain__in=[Given("domains", many=True)])
    return bans.order_by().values_list("ban", flat=True)


def _shows_proof(submission: Submission) -> bool:
    """
    Say whether the author's token of a comment with a proven address, by the same person, came along.

    An address merely typed proves nothing, and earns nothing.
    """
    if not (submission.address and submission.proofs):
        return False
    shown = Token.objects.matching(purpose=Token.Purpose.AUTHOR, secrets_shown=list(submission.proofs))
    return _proven(submission).filter(pk__in=shown.values("comment")).exists()


def _proven(submission: Submission) -> QuerySet[ReaderComment]:
    """Comments of the person the submission names, with a proven address."""
    person = Reader.objects.with_address(submission.address)
    return ReaderComment.objects.filter(reader__in=person, proven_at__isnull=False)


def _reader(submission: Submission) -> Reader | None:
    """
    Return the person's row, locked: no one can erase, merge or purge it before the comment refers to it.

    The same statements run whether the address is known or not, so that timing reveals nothing. A single one,
    with ON CONFLICT DO UPDATE, takes PostgreSQL 0.1 ms longer for a known address: that can be measured.
    """
    if not submission.address:
        return None
    index, *earlier = indexes = submission.indexes
    known = _known_index.first(indexes=indexes) if earlier else None
    row = Reader(address_index=known or index, sealed_address=vault.seal(submission.address))
    insert(row, ignore_conflicts=True)
    return _locked_reader.first(indexes=indexes)


@prepared
def _known_index() -> QuerySet:
    known = Reader.objects.filter(address_index__in=[Given("indexes", many=True)])
    return known.order_by().values_list("address_index", flat=True)


@prepared
def _locked_reader() -> QuerySet[Reader]:
    return Reader.objects.select_for_update().filter(address_index__in=[Given("indexes", many=True)])
