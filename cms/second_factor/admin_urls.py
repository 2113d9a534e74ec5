from django.urls import path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from cms.second_factor import views

app_name = "second_factor"
urlpatterns = [
    path("login/second/", never_cache(views.second_step), name="step"),
    path("second-factor/", never_cache(views.overview), name="overview"),
    path("second-factor/confirm/", never_cache(views.confirm), name="confirm"),
    path("second-factor/app/", never_cache(views.app), name="app"),
    path("second-factor/passkey/", never_cache(views.passkey), name="passkey"),
    path("second-factor/codes/", never_cache(views.recovery_codes), name="codes"),
    path("second-factor/codes/kept/", never_cache(views.keep_codes), name="keep_codes"),
    path("second-factor/codes/new/", never_cache(views.renew_codes), name="renew_codes"),
    path("second-factor/remove/", never_cache(views.remove), name="remove"),
    path("second-factor/of/<int:user_id>/", never_cache(require_admin_access(views.reset)), name="reset"),
]
