from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

MODERATES = _("Approves and removes readers’ comments, answers them as staff, and bans. Changes no page.")
ANSWERS_PRIVACY_REQUESTS = _(
    "Sees the email address of a reader, and exports or erases what is kept about a person."
)


class CommentsConfig(AppConfig):
    name = "blog.comments"
    label = "blog_comments"
    verbose_name = _("Reader comments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from blog.comments import checks  # noqa: F401 -- it registers them
        from blog.comments.desk import page_admin
        from blog.comments.notifications import letters, notices, subscribing
        from blog.comments.privacy import retention
        from cms.credentials import roles
        from cms.outbox import chores, digests, events

        events.register(subscribing.CONFIRM, letters.confirmation_mail)
        events.register(letters.REPLIED, letters.reply_mail, once_ever=True)
        events.register(letters.PUBLISHED, letters.published_mail, once_ever=True)
        events.register(letters.REFUSED, letters.refused_mail, once_ever=True)
        events.register(notices.DIGEST, notices.digest_mail)
        digests.register(notices.HELD, notices.held_mail, notices.held_digest, repeated=True)
        digests.register(notices.REPORTED, notices.reported_mail, notices.reported_digest, repeated=True)
        chores.register("queue digests", timedelta(minutes=1), notices.queue_digests)
        chores.register("purge comments", timedelta(hours=1), retention.purge)
        page_admin.name_editors_comments()
        roles.register("Comment moderators", _("Moderate comments"), MODERATES, order=40)
        roles.register(
            "Comment privacy officers", _("Answer privacy requests"), ANSWERS_PRIVACY_REQUESTS, order=70
        )
