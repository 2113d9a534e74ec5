from django.urls import path

from home.setup.demo_views import DemoView
from home.setup.forms import FORMS, PREVIEWED
from home.setup.views import OverviewView, PreviewView, SheetView, StepView, TestMailView

app_name = "home_setup"
urlpatterns = [
    path("", OverviewView.as_view(), name="overview"),
    *(path(f"{key}/", StepView.as_view(key=key), name=key) for key in FORMS),
    *(path(f"{key}/preview/", PreviewView.as_view(key=key), name=f"preview_{key}") for key in PREVIEWED),
    path("sheet/", SheetView.as_view(), name="sheet"),
    path("demo/", DemoView.as_view(), name="demo"),
    path("mail/test/", TestMailView.as_view(), name="test_mail"),
]
