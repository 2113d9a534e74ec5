"""
The outbox: everything that leaves the site is first a row.

    actions.queue       a row, in the transaction of the change that caused it
    models.Delivery     event, subject and recipient by id; state, due_at, lease, attempts, why it was refused
    events              which event is rendered by which function, registered by the app that knows it
    backend, site_mail  what Django and Wagtail send themselves: kept sealed until it is delivered
    actions.claim       a worker takes a due row for a while, by compare-and-set
    postman             renders the row at that moment and hands it to the courier of its kind
    couriers, smtp      who carries it: one small interface for each kind; mail is one
    pacing              how many a minute one host gets
    actions.sent ...    what became of it; refused for now is due again, later and later
    budget              how many mails of one kind an hour may ask for
    chores              what the worker does by the clock, registered by the app that wants it
    staff               send again, give up: the admin page and the command call these
    manage.py deliver   the worker; manage.py outbox tells how it is

A row holds no address and no text. Delivery is at least once: the Message-ID is the same each time, and a
repeat follows only on a server that went away with the whole mail, or a worker that died just then.
"""
