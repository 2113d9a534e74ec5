"""In a moderator's account: how often he is told that comments wait. In the log: what was done to people."""

from django.contrib.auth.models import AbstractBaseUser
from django.forms import ModelForm, RadioSelect
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from blog.comments.states import Ban
from blog.comments.subscriptions import ModeratorNotice


class NoticeForm(ModelForm):
    class Meta:
        model = ModeratorNotice
        fields = ("frequency",)
        labels = {"frequency": "Tell me by email that reader comments wait"}
        widgets = {"frequency": RadioSelect}


@hooks.register("register_log_actions")
def people_log(registry: LogActionRegistry) -> None:
    """What was done to a person; who it was is the number of his row."""
    registry.register_action("blog_comments.lift_ban", "Lift the ban of a reader", "Lifted the ban")
    registry.register_action(
        "blog_comments.reveal", "Reveal a reader's address", "Looked at the email address"
    )

    @registry.register_action("blog_comments.ban")
    class Banned(LogFormatter):
        label = "Ban a reader"

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return f"Banned: {Ban(log_entry.data['ban']).label}" if log_entry.data else "Banned"


@hooks.register("register_account_settings_panel")
class NoticePanel(BaseSettingsPanel):
    name = "comment-notices"
    title = "Reader comments"
    tab = notifications_tab
    order = 300
    form_class = NoticeForm

    def __init__(self, request: HttpRequest, user: AbstractBaseUser, profile: UserProfile) -> None:
        super().__init__(request, user, profile)
        self.notice = ModeratorNotice.of(user)

    def is_active(self) -> bool:
        return self.user.has_perm("blog_comments.moderate_comments")

    def get_form(self) -> NoticeForm:
        sent = self.request.POST if self.request.method == "POST" else None
        return NoticeForm(sent, instance=self.notice, prefix=self.name)
