from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms import vault
from cms.credentials.staff import Staff
from cms.outbox.tokens import OneTimeToken, OneTimeTokenQuerySet
from home.contact import labels
from home.contact.site_settings import MessageSettings  # noqa: F401 -- a model of this app in a module of its own
from home.contact.states import Reason, State

READ = "home_contact.read_messages"
READ_GRANTED = "home_contact.read_granted_messages"
DELETE = "home_contact.delete_messages"


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: Staff) -> "MessageQuerySet":
        """Those that a user may read: all of them, or those of the pages their groups were given."""
        if user.has_perm(READ):
            return self
        return self.filter(page__in=ReadGrant.objects.to(user).values("page"))

    def numbered(self, pk: int) -> "MessageQuerySet":
        """The one with an id, which may be any number at all."""
        return self.filter(pk=pk) if 0 < pk <= models.BigAutoField.MAX_BIGINT else self.none()


class ContactMessage(models.Model):
    """What a visitor sent to staff, as it was sent, with the page as it was then."""

    page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.SET_NULL, related_name="contact_messages"
    )
    page_title = models.CharField(max_length=255)
    subject = models.CharField(max_length=100, blank=True, help_text="As the visitor chose it.")
    name = models.CharField(max_length=100)
    sealed_address = models.BinaryField(editable=False)
    address_index = models.CharField(max_length=32, db_index=True, editable=False)
    fields = models.JSONField(default=list, help_text="Label and value of each field, as pairs.")
    words = models.TextField(editable=False, help_text="Name and answers in lower case, to search in.")
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    reasons = models.JSONField(default=list, help_text="What was odd about it when it came.")
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    idempotency_key = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 -- NULL is "no key", and unique
    words_key = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 -- NULL once the same words are another message
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("message")
        default_permissions = ()
        permissions = (
            ("read_messages", "Can read all messages to staff"),
            ("read_granted_messages", "Can read messages to staff of the pages its group was given"),
            ("delete_messages", "Can delete messages to staff"),
        )
        indexes = (
            models.Index(fields=["state", "-id"], name="message_in_tab"),
            models.Index(fields=["page", "state", "-id"], name="message_of_page"),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def oddities(self) -> list[str]:
        """The reasons to look twice, in words."""
        return [str(Reason(reason).label) for reason in self.reasons]

    @property
    def labelled_fields(self) -> list[tuple[str, str]]:
        """Label and value of each field, the label in the active language."""
        return [(labels.shown(label), value) for label, value in self.fields]

    @property
    def reply_address(self) -> str:
        """The visitor's address, for staff to reply to."""
        return vault.unseal(self.sealed_address)


class MessageRecipient(models.Model):
    """One member of staff who receives a message. Their outbox row names this row."""

    message = models.ForeignKey(ContactMessage, on_delete=models.CASCADE, related_name="recipients")
    sealed_address = models.BinaryField(editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"recipient {self.pk} of message {self.message_id}"

    @property
    def address(self) -> str:
        return vault.unseal(self.sealed_address)


class MessageNote(models.Model):
    """A note by staff about a message. Visitors see it only if they ask for the data stored about them."""

    message = models.ForeignKey(ContactMessage, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"note {self.pk} on message {self.message_id}"


class Attachment(models.Model):
    """A file that came with a message: ``kind`` by its bytes, ``name`` as the visitor called it."""

    message = models.ForeignKey(ContactMessage, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, help_text="The ending of its kind, such as pdf.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    stored_as = models.CharField(max_length=32, unique=True, editable=False)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"attachment {self.pk} of message {self.message_id}"


class MessageCopy(models.Model):
    """
    A visitor's request for a copy of their message.

    Nothing is sent before ``confirmed_at``: until its owner presses the button, the address is unproven.
    """

    message = models.OneToOneField(ContactMessage, on_delete=models.CASCADE, related_name="copy")
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"copy of message {self.message_id}"

    @property
    def recipient(self) -> str:
        """The visitor, as the outbox names them."""
        return f"visitor:{self.message.address_index}"


class CopyToken(OneTimeToken):
    """A secret that confirms the address a copy is for."""

    DIGESTED_FOR = "copy token"

    copy = models.ForeignKey(MessageCopy, on_delete=models.CASCADE, related_name="tokens")

    objects = OneTimeTokenQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"token of copy {self.copy_id}"


class GrantQuerySet(models.QuerySet):
    def to(self, user: Staff) -> "GrantQuerySet":
        return self.filter(group__user=user)

    @transaction.atomic
    def give(self, group: Group, pages: Iterable[Page]) -> None:
        """Let a group read the messages of these pages only; it has a permission while there are any."""
        self.filter(group=group).exclude(page__in=pages).delete()
        self.bulk_create([ReadGrant(group=group, page=page) for page in pages], ignore_conflicts=True)
        app_label, codename = READ_GRANTED.split(".")
        right = Permission.objects.get(content_type__app_label=app_label, codename=codename)
        (group.permissions.add if pages else group.permissions.remove)(right)


class ReadGrant(models.Model):
    """A group that may not read all messages reads those of one page."""

    group = models.ForeignKey("auth.Group", on_delete=models.CASCADE, related_name="contact_pages")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")

    objects = GrantQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["group", "page"], name="one_grant_a_page"),)

    def __str__(self) -> str:
        return f"group {self.group_id} reads page {self.page_id}"


def may_read(user: Staff | AnonymousUser) -> bool:
    """Say whether a user may open the inbox at all. Every admin page asks: no grant is looked up."""
    return user.has_perm(READ) or user.has_perm(READ_GRANTED)
