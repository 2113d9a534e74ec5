"""
What is kept of one person among the comments.

    personal_data   found by address: exported, erased, merged when two rows turn out to be one person
    retention       deleted or forgotten after the days the site's owner set
"""
