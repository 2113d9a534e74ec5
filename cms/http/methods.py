"""HEAD and OPTIONS wherever GET is; for what a door does not take, 405 with what it does."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]

READING = ("GET", "HEAD", "OPTIONS")
WITH_POST = (*READING, "POST")


def takes_posts(view: View) -> View:
    """Mark a page's view that receives a form: the others are read only."""
    vars(view)["methods"] = WITH_POST
    return view


def of(view: View | None) -> tuple[str, ...]:
    """Return the methods that a page's view takes."""
    return getattr(view, "methods", READING)


def answer_without(request: HttpRequest, taken: tuple[str, ...]) -> HttpResponse | None:
    """Answer what needs no view: OPTIONS, and a method that is not taken."""
    if request.method not in taken:
        return HttpResponseNotAllowed(taken)
    return HttpResponse(headers={"Allow": ", ".join(taken)}) if request.method == "OPTIONS" else None


def allow_reading(response: HttpResponseBase) -> tuple[str, ...]:
    """
    Return what a refusal says is taken, with OPTIONS, and HEAD where GET is. Views of others leave them out.

    A page of Wagtail's that refuses a form says nothing of it; it is read.
    """
    taken = {"OPTIONS", *response.get("Allow", "GET").split(", ")}
    return tuple(sorted(taken | {"HEAD"} if "GET" in taken else taken))


def complete(get_response: View) -> View:
    """Answer HEAD and OPTIONS for a view that does not, as many of Wagtail's and of Django's decorators."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405:
            taken = allow_reading(response)
            if request.method == "HEAD" and "GET" in taken:
                request.method = "GET"  # the server leaves out the body
                return get_response(request)
            response["Allow"] = ", ".join(taken)
            return (answer_without(request, taken) if request.method == "OPTIONS" else None) or response
        if request.method == "OPTIONS" and response.status_code == 200 and "Allow" not in response:
            return answer_without(request, WITH_POST) or response  # it took the request for a GET
        return response

    return answer


def post_only(view: View) -> View:
    @wraps(view)
    def posted(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return answer_without(request, ("OPTIONS", "POST")) or view(request, *args, **kwargs)

    return posted


def read_only(view: View) -> View:
    @csrf_exempt  # what it refuses needs no token
    @wraps(view)
    def read(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return answer_without(request, READING) or view(request, *args, **kwargs)

    return read
