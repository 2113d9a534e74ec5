from django.dispatch import Signal

draft_shown = Signal()  # ``instance``: a page, as staff are about to show it in a front end or by a link
