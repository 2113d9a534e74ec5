"""
The outbox: everything that leaves the site is a row first.

    actions.queue       a row, in the transaction of the change that caused it
    models.Delivery     event, subject and recipient by id; state, due_at, lease, attempts, why it was refused
    events              which event is rendered by which function, registered by the app that knows it
    backend, site_mail  what Django and Wagtail send themselves: stored sealed until it is delivered
    actions.claim       a worker leases a due row, by compare-and-set
    postman             renders the row at that moment and hands it to the courier of its kind
    couriers, smtp      the couriers: one small interface for each kind; mail is one, webhooks are another
    line                a connection that ends in time
    pacing              how many a minute one host gets
    actions.sent ...    the result; a row refused for now is due again, at growing intervals
    questions           one a day to a mailbox, whoever typed its address in which form
    suppression         addresses that want no mail, and mailboxes that want no question
    tokens              secrets that let their holder do one thing, kept as digests
    links               links in mails, with such a secret, and the pages they open
    digests             so many mails an hour to one member of staff, then one about all the others
    budget              how many mails of one kind an hour may ask for
    chores              what the worker does at intervals, registered by the app that needs it
    queries             what is waiting, what was sent, what failed; `admin_views` shows it
    privacy             what is stored about one person among queued mails
    staff               send again, give up: the admin page and the command call these
    test_mail           one mail that shows whether mail arrives
    manage.py deliver   the worker; manage.py outbox shows its state

A row holds no address and no text. Delivery is at least once: the Message-ID is the same each time, and a
mail is repeated only if the server disconnected after receiving all of it, or the worker died just then.
"""
