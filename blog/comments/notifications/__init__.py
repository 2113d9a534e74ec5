"""
Which mail is due to whom, and what webhooks tell. A mail is a row in the outbox, written with the change and
worded when it is sent.

    queueing      which changes call for which mail
    announcing    which changes are told to webhooks
    letters       the words for readers
    notices       the words for moderators, and how often each wants them
    subscribing   a reader asks for mail about replies, confirms, ends it
    mail_views    the pages behind the links in those mails; `mail_urls` their addresses
"""
