"""
Webhooks: what happens here is told to programs elsewhere, as Standard Webhooks has it (docs/webhooks.md).

    events         the names of what is told, and what each means
    schemas        the bodies, for the API's document
    announcing     one event, queued for each endpoint that wants it, in the transaction of the act
    pages          what happens to pages, as Wagtail's and Django's signals tell it
    things         how an event names a page: id, addresses, whether anyone may read it
    models         an endpoint; a call, which is one event for one endpoint
    courier        takes a call from the outbox to its endpoint
    sending        one POST: to a checked address, within limits, following nothing
    destinations   which addresses may be called
    signing        secrets, and the signature of a request
    results        what an answer means for the endpoint: well, resting, disabled
    letters        the mail to administrators about an endpoint that was disabled
    actions        what administrators do; the only code that changes an endpoint
    forms          the fields of an endpoint
    admin_views    the pages in the admin

Calls go through the outbox as a kind of their own, in a thread of their own: no mail waits for an endpoint. A
body has ids and addresses of pages, never an e-mail address or anything that a reader wrote.
"""
