from django.db import models


class Bucket(models.Model):
    """The tokens one client has left. ``client`` is a keyed digest that changes every day."""

    client = models.CharField(max_length=32, primary_key=True)
    tokens = models.FloatField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.client
