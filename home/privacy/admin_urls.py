from django.urls import path

from home.privacy.admin_views import KnownPersonView, PrivacyView

app_name = "home_privacy"
urlpatterns = [
    path("", PrivacyView.as_view(), name="person"),
    path("people/<int:reader_id>/", KnownPersonView.as_view(), name="known_person"),
]
