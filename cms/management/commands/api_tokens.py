from typing import Any

from wagtail.management.commands import api_tokens
from wagtail.models import APIToken

from cms.credentials.tokens import ends_at


class Command(api_tokens.Command):
    """Wagtail's, except that a list says when each token ends."""

    def list(self, *args: Any, user: str | None, include_revoked: bool, **options: Any) -> None:
        tokens = APIToken.objects.select_related("user").order_by("-created")
        if user:
            tokens = tokens.filter(user=self.get_user(user))
        if not include_revoked:
            tokens = tokens.filter(revoked_at=None)
        for token in tokens:
            self.stdout.write("\t".join(columns(token)))


def columns(token: APIToken) -> tuple[str, ...]:
    return (
        str(token.pk),
        f"{token.prefix} …",
        token.name,
        token.user.get_username(),
        f"{token.created:%Y-%m-%d %H:%M}",
        f"ends={ends_at(token):%Y-%m-%d}",
        f"last_used={token.last_used_at or 'never'}",
        f"revoked={token.revoked_at or 'no'}",
    )
