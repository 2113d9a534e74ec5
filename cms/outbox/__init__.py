"""
The outbox: everything that leaves the site is first a row.

    actions.queue       a row, in the transaction of the change that caused it
    models.Delivery     event, subject and recipient by id; state, due_at, lease, attempts
    events              which event is rendered by which function, registered by the app that knows it
    actions.claim       a worker takes a due row for a while, by compare-and-set
    postman             renders the mail at that moment and hands it to the server
    actions.sent ...    what became of it; refused for now is due again, later and later
    chores              what the worker does by the clock, registered by the app that wants it
    manage.py deliver   the worker

A row holds no address and no text. Delivery is at least once: the Message-ID is the same each time.
"""
