"""The site's URLs with those of django-comments-xtd, as its documentation mounts them."""

from django.urls import include, path

from cms.urls import urlpatterns as ours

urlpatterns = [path("comments/", include("django_comments_xtd.urls")), *ours]
