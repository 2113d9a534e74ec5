"""
The page of a user: how they log in is changed only by administrators who type their own password.

Wherever groups are given or edited, the page says what their members may do.
"""

from typing import Any, cast

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form, ModelForm, ModelMultipleChoiceField
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import bulk_actions, groups, users

from cms.credentials import roles, staff
from cms.credentials.permissions import groups_to_give, may_change_log_in
from cms.credentials.staff import Staff
from cms.second_factor.sure import SureForm

SENSITIVE = frozenset({"email", "is_superuser", "password1", "username"})


class UserForm(SureForm):
    """Only superusers make superusers, and others assign no group that they are not in."""

    instance: Staff

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if administrator := self.fields.get("is_superuser"):
            administrator.disabled = not self.asked.is_superuser
        has = self.instance.groups.all() if self.instance.pk else ()
        offered = Q(pk__in=groups_to_give(self.asked)) | Q(pk__in=has)
        groups = cast("ModelMultipleChoiceField", self.fields["groups"])
        groups.queryset = Group.objects.filter(offered).order_by("name")
        vars(groups)["label_from_instance"] = roles.described  # in place of a method: Wagtail makes the field


class CreateUserForm(UserForm, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        pass


class EditUserForm(UserForm, UserEditForm):
    class Meta(UserEditForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["current_password"].help_text = _(
            "Only to change their username, email address or password, or who is an administrator."
        )

    def must_repeat_password(self) -> bool:
        return not SENSITIVE.isdisjoint(self.changed_data)


class IndexView(users.IndexView):
    def get_edit_url(self, instance: Staff) -> str | None:
        may = may_change_log_in(staff.of(self.request), instance)
        return super().get_edit_url(instance) if may else None

    @cached_property
    def header_buttons(self) -> list[Button]:
        """Put inviting first: the new colleague then chooses the password, and no one else knows it."""
        buttons = super().header_buttons
        if not buttons:  # for those who may add no user
            return buttons
        return [
            HeaderButton(_("Invite a colleague"), url=reverse("invitations:new"), icon_name="mail"),
            *buttons,
        ]


class CreateView(users.CreateView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}


class EditView(users.EditView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_change_log_in(staff.of(request), self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        sessions = reverse("sessions_of", args=[self.object.pk])
        return [*super().header_more_buttons, Button(_("Sessions"), url=sessions, icon_name="desktop")]


class UserViewSet(users.UserViewSet):
    """
    What ``cms.apps.Users`` replaces Wagtail's own with.

    Users are not copied: the form of a copy would begin with another person's rights.
    """

    copy_view_enabled = False
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    create_template_name = "cms/accounts/admin/create_user.html"
    edit_template_name = "cms/accounts/admin/edit_user.html"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return EditUserForm if for_update else CreateUserForm


def may_do(group: Group) -> str:
    return str(roles.of(group).sentence)


class GroupsView(groups.IndexView):
    columns = [*groups.IndexView.columns, Column("may", label=_("What its members may do"), accessor=may_do)]


class EditGroupView(groups.EditView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"may_do": may_do(self.object)}


class GroupViewSet(groups.GroupViewSet):
    """Wagtail's own, with a sentence for each group."""

    index_view_class = GroupsView
    edit_view_class = EditGroupView
    edit_template_name = "cms/accounts/admin/edit_group.html"


class ChangeLogInAction:
    """Mixed into bulk actions of Wagtail's that check a permission, but not on which user."""

    request: HttpRequest

    def check_perm(self, user: Staff) -> bool:
        return may_change_log_in(staff.of(self.request), user)


class AssignRole(ChangeLogInAction, bulk_actions.AssignRoleBulkAction):
    def get_form(self, form_class: type[Form] | None = None) -> Form:
        form = super().get_form(form_class)
        form.fields["role"].queryset = groups_to_give(staff.of(self.request))
        form.fields["role"].label_from_instance = roles.described
        return form


class SetActiveState(ChangeLogInAction, bulk_actions.SetActiveStateBulkAction):
    pass
