from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from cms.urls import urlpatterns as of_the_site

TRIVIAL = "<!doctype html><title>{{ title }}</title><p>{{ words }}</p>"


def trivial(request: HttpRequest, size: int) -> HttpResponse:
    """A template with two variables, as many bytes as asked."""
    template = engines["django"].from_string(TRIVIAL)
    return HttpResponse(template.render({"title": "Trivial", "words": "x" * size}, request))


urlpatterns = [path("trivial/<int:size>/", trivial), *of_the_site]
