"""
Fixes for faults of Wagtail 8.0 and Django 5.2. Each module says what is wrong, and in which version.

    early_edits        what is typed at once, not saved before the next key
    editor_state       rich text of two editors, mixed up under threads
    editing_sessions   an editor's page, shown as open after it was closed, or a 500
    whole_acts         copying, moving and publishing, half done after a failure
    redirect_batches   redirects of a large section, lost or a 500
    catalogues         texts of each app in a catalogue of its own, and slow to find
    time_zones         staff without a time zone of their own, shown UTC
    spreadsheets       exported cells that run as formulas or break a workbook
"""
