from django.db import models


class Canary(models.Model):
    """One row, sealed like an address. ``fingerprint`` identifies the key without revealing it."""

    sealed = models.BinaryField(editable=False)
    fingerprint = models.CharField(max_length=32, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"canary of key {self.fingerprint}"
