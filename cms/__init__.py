"""
The doors and the ground floor. It knows neither `home` nor `blog`, except where the doors lead to them.

    front/ urls api/ wsgi health                    the doors: sockets, addresses, JSON, monitors
    accounts/ second_factor/ sessions/ credentials/ who is logged in, and how
    invitations/                                    how colleagues get an account
    outbox/ webhooks/ rate_limit/                   what leaves, and how much may come in
    pages/ body/ pictures/ search/ templatetags/    what every page is made of
    previews/                                       drafts, before they are published
    brand/                                          who runs the site, and how that looks
    errors/ http/                                   how requests are judged and refused
    reading/ text/ cursors progress                 cheap queries, clean text, lists in pieces, long work
    vault keyring/                                  sealed addresses, and their keys
    settings/ storage/ backup/ management/ checks   environment, files, backups, commands, checks
    fixes/                                          fixes for faults of Wagtail
"""
