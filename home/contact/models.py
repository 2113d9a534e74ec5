from django.conf import settings
from django.db import models
from django.utils import timezone

from cms import vault
from home.contact.states import Reason, State


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
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    reasons = models.JSONField(default=list, help_text="What was odd about it when it came.")
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    idempotency_key = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 -- NULL is "no key", and unique
    words_key = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 -- NULL once the same words are another message
    submitted_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "message"
        default_permissions = ()
        permissions = (("read_messages", "Can read messages to staff"),)
        indexes = (
            models.Index(fields=["state", "-id"], name="message_in_tab"),
            models.Index(fields=["page", "state", "-id"], name="message_of_page"),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def oddities(self) -> list[str]:
        """What was odd about it, in words."""
        return [Reason(reason).label for reason in self.reasons]

    @property
    def reply_address(self) -> str:
        """The visitor's address, for staff who answer."""
        return vault.unseal(self.sealed_address)


class MessageRecipient(models.Model):
    """One member of staff a message goes to. His outbox row names this row."""

    message = models.ForeignKey(ContactMessage, on_delete=models.CASCADE, related_name="recipients")
    sealed_address = models.BinaryField(editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"recipient {self.pk} of message {self.message_id}"

    @property
    def address(self) -> str:
        return vault.unseal(self.sealed_address)
