from django.urls import path

from cms.invitations.admin_views import InvitationsView, NewInvitationView

app_name = "invitations"
urlpatterns = [
    path("", InvitationsView.as_view(), name="list"),
    path("new/", NewInvitationView.as_view(), name="new"),
]
