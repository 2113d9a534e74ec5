"""Scaled pictures, served from MEDIA_ROOT/images/. An impossible file name is a 404."""

import errno

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve as serve_file

from cms.http.methods import read_only

NO_SUCH_NAME = frozenset({errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL})


@read_only
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with a file, or 304 for a cached one. Raises Http404."""
    try:
        response = serve_file(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError as error:
        if error.errno in NO_SUCH_NAME:
            raise Http404 from None
        raise
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # front ends and feed readers show it, too
    return response
