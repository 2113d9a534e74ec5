from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """
    A note that a subject has changed. SQLite has one for each subject, always with a new id.

    PostgreSQL has one for each subject and transaction: nobody waits there to write one.
    """

    subject = models.CharField(max_length=40)
    xid = models.BigIntegerField(default=0, db_index=True, help_text="The transaction, of PostgreSQL.")
    at = models.DateTimeField(db_default=Now(), db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=["subject", "xid"], name="page_cache_noted"),)

    def __str__(self) -> str:
        return self.subject
