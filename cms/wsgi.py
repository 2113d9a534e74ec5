"""
Django behind WSGI, as Django itself names it in `WSGI_APPLICATION`.

What is served is `cms.front.application`, on granian's RSGI side: it bounds requests before Django sees them.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.base")

application = get_wsgi_application()
