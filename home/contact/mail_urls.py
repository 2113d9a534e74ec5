from django.urls import path

from home.contact import mail_views

app_name = "contact_mail"
urlpatterns = [path("copy/<slug:token>/", mail_views.copy, name="copy")]
