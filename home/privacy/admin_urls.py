from django.urls import path

from home.privacy.admin_views import PrivacyView

app_name = "home_privacy"
urlpatterns = [path("", PrivacyView.as_view(), name="person")]
