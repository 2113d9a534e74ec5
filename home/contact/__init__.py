"""
Messages to staff, from the form to the archive.

    address_lists          staff addresses, as they are typed
    subjects questions     what an editor decides: who gets which subject, what else is asked
    forms                  what a visitor may type, and its shape; `sent` is the result, as a value
    views                  the contact page over HTTP
    states                 the states of a message, and what is odd about a new one
    actions                every change to a message, one function for each verb; `intake` writes a new one
    mail                   composes the mail to staff; Reply-To is the visitor
    copies copy_mail       a copy for visitors who confirm their address; `mail_views` is the page for that
    admin_views queries    where staff find messages; who may read one is ``MessageQuerySet.visible_to``
    message_views          where they handle one, add notes, reply (`replies`) and send again
    group_panel            which group reads the messages of which page
    export                 messages as a table
    labels                 of the form's own fields, stored in English and shown translated
    file_kinds store       attached files: which kinds are accepted, and where they are stored
    privacy                what is kept of one person among the messages
    retention erasing      what is deleted after a time, and what is deleted with it
    models site_settings   the tables, and what the site's owner decides
    admin_urls mail_urls   addresses

A message keeps a snapshot of its page: deleting the page deletes no message.
"""
